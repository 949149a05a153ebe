namespace LlmOps.Providers;

/// <summary>A provider that tells what a machine said while it started: why a container died, how far its image has come.</summary>
public interface IRigLogs
{
    /// <summary>The last lines, oldest first, and with <paramref name="follow"/> those that come, until cancelled.</summary>
    /// <param name="id">The provider's id of the machine.</param>
    /// <param name="tail">How many lines of the past.</param>
    /// <param name="follow">Whether to wait for more; a broken connection is taken up where it broke.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="ProviderException">The log can't be had.</exception>
    IAsyncEnumerable<RigLogLine> ReadLogsAsync(string id, int tail, bool follow, CancellationToken cancel);
}

/// <summary>A line of a rented machine's log.</summary>
/// <param name="Time">When it was written, where that is told.</param>
/// <param name="Source">Who wrote it: <c>container</c> or <c>system</c>.</param>
/// <param name="Text">The line.</param>
public sealed record RigLogLine(DateTimeOffset? Time, string Source, string Text);
