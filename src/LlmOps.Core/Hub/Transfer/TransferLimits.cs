namespace LlmOps.Hub;

/// <summary>The limits of a transfer.</summary>
internal sealed record TransferLimits
{
    /// <summary>The most connections that fetch at once, whoever asks.</summary>
    public const int MostConnections = 64;

    /// <summary>How many connections fetch at once at most; how many do depends on what they gain.</summary>
    public int Connections { get; init; } = MostConnections;

    /// <summary>How many connections it begins with.</summary>
    public int FirstConnections { get; init; } = 4;

    /// <summary>The longest range that one connection fetches at once, in bytes.</summary>
    public long LargestRange { get; init; } = 16 * 1024 * 1024;

    /// <summary>The shortest range that is worth a request of its own, in bytes.</summary>
    public long SmallestRange { get; init; } = 1024 * 1024;

    /// <summary>How many bytes may come a second over all connections together; null is no limit.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>How long a connection may bring nothing before it is given up.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may bring nothing before an idle one takes its range over.</summary>
    public TimeSpan TakeOver { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an answer may take to begin.</summary>
    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long all connections together may bring nothing new before the transfer is given up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How often a file is fetched whose content turns out to be wrong.</summary>
    public int FileAttempts { get; init; } = 3;
}
