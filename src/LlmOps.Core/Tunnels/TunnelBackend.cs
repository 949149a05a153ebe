using LlmOps.Rigs;

namespace LlmOps.Tunnels;

/// <summary>One of the servers that share a tunnel's address, as it stood at one moment.</summary>
public sealed record TunnelBackend
{
    /// <summary>The server's name.</summary>
    public required string Server { get; init; }

    /// <summary>Its rig.</summary>
    public required GpuRig Rig { get; init; }

    /// <summary>The models that it lists.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>True if it answered when it was last asked, and the link to its rig stands.</summary>
    public required bool IsHealthy { get; init; }

    /// <summary>How many requests it is answering for this tunnel.</summary>
    public required int InFlight { get; init; }

    /// <summary>How many requests of this tunnel it was given.</summary>
    public required long Requests { get; init; }

    /// <summary>The server, its rig, and how it stands.</summary>
    public override string ToString() => $"{Server} on {Rig.Name}: {(IsHealthy ? "healthy" : "away")}, {InFlight} in flight";
}
