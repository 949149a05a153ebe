using LlmOps.Tunnels;

namespace LlmOps.Infrastructure;

/// <summary>What a parameter that takes a tunnel accepts: its name, a wildcard where several may be meant, or the object itself.</summary>
public sealed class TunnelArgument
{
    /// <summary>A tunnel of this session by its name or by a wildcard.</summary>
    /// <param name="name">The name.</param>
    public TunnelArgument(string name) => Name = name;

    /// <summary>The tunnel itself.</summary>
    /// <param name="tunnel">The tunnel.</param>
    public TunnelArgument(LlmTunnel tunnel)
    {
        Tunnel = tunnel;
        Name = tunnel.Name;
    }

    /// <summary>The tunnel, if the object itself was given.</summary>
    public LlmTunnel? Tunnel { get; }

    /// <summary>The name or wildcard.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
