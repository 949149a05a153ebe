namespace LlmOps.Hub;

/// <summary>The limits of a transfer.</summary>
internal sealed record TransferLimits
{
    /// <summary>How many connections fetch at once.</summary>
    public int Connections { get; init; } = 16;

    /// <summary>The length of the ranges that large files are fetched in, in bytes.</summary>
    public long PieceSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long a connection may bring nothing before it is given up.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer may take to begin.</summary>
    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long all connections together may bring nothing new before the transfer is given up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How often a file is fetched whose content turns out to be wrong.</summary>
    public int FileAttempts { get; init; } = 3;
}
