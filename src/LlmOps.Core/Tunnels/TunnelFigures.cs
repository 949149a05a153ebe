namespace LlmOps.Tunnels;

/// <summary>How a tunnel is and what has gone through it, at one moment.</summary>
internal sealed record TunnelFigures
{
    public TunnelState State { get; init; }

    public string? Model { get; init; }

    public long Connections { get; init; }

    public int ActiveConnections { get; init; }

    public long FailedConnections { get; init; }

    public long BytesIn { get; init; }

    public long BytesOut { get; init; }

    public int Reconnects { get; init; }

    public TimeSpan? RoundTrip { get; init; }

    public IReadOnlyList<TunnelBackend> Backends { get; init; } = [];

    public IReadOnlyList<TunnelEvent> History { get; init; } = [];
}
