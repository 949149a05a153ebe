namespace LlmOps.Engines;

/// <summary>Where in its life a server is.</summary>
public enum LlmServerState
{
    /// <summary>Its process runs, and it does not answer yet.</summary>
    Starting,

    /// <summary>Its health is good and it has produced a token.</summary>
    Ready,

    /// <summary>It was ready, and its process lives but does not answer any more.</summary>
    Unhealthy,

    /// <summary>It was told to end and has not ended yet.</summary>
    Stopping,

    /// <summary>It ended because it was told to.</summary>
    Stopped,

    /// <summary>It ended by itself.</summary>
    Failed,
}
