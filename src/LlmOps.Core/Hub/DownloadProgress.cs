namespace LlmOps.Hub;

/// <summary>How far a download is.</summary>
public sealed record DownloadProgress
{
    /// <summary>What it does at the moment.</summary>
    public DownloadPhase Phase { get; init; }

    /// <summary>How many bytes of the selected files are here.</summary>
    public long BytesDone { get; init; }

    /// <summary>The size of the selected files in bytes; 0 until it is known.</summary>
    public long BytesTotal { get; init; }

    /// <summary>How many files are complete and verified.</summary>
    public int FilesDone { get; init; }

    /// <summary>How many files are selected.</summary>
    public int FilesTotal { get; init; }

    /// <summary>How many bytes came over the network.</summary>
    public long Fetched { get; init; }

    /// <summary>How fast they come: bytes per second, over the last seconds.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>How long it will still take at that rate; null while that is not known.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>What happened so far that the user may want to know, oldest first, such as a file that had to come another way.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
