namespace LlmOps.Hub;

/// <summary>What a download does at the moment.</summary>
public enum DownloadPhase
{
    /// <summary>Asks the Hub what there is, and looks what is here.</summary>
    Listing,

    /// <summary>Waits for another process that fetches the same files.</summary>
    Waiting,

    /// <summary>Sends no requests for a while, since the Hub has had enough of them.</summary>
    Paused,

    /// <summary>Fetches.</summary>
    Downloading,

    /// <summary>Has all bytes and checks the last of them.</summary>
    Verifying,
}
