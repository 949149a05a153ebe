using System.Net;
using System.Security;
using LlmOps.Rigs;

namespace LlmOps.Tunnels;

/// <summary>What a tunnel is to be.</summary>
public sealed record TunnelOptions
{
    /// <summary>The name that cmdlets take.</summary>
    public required string Name { get; init; }

    /// <summary>The rig that it leads to.</summary>
    public required GpuRig Rig { get; init; }

    /// <summary>The server behind it, or null for any other port.</summary>
    public string? Server { get; init; }

    /// <summary>The model's name for clients, or null while it is not known.</summary>
    public string? Model { get; init; }

    /// <summary>The host as the rig knows it.</summary>
    public string RemoteHost { get; init; } = "127.0.0.1";

    /// <summary>The TCP port on that host.</summary>
    public required int RemotePort { get; init; }

    /// <summary>The TCP port on this machine; 0 takes a free one.</summary>
    public int LocalPort { get; init; }

    /// <summary>The addresses of this machine to listen on.</summary>
    public IReadOnlyList<IPAddress> BindAddress { get; init; } = [IPAddress.Loopback];

    /// <summary>How long a new connection waits for the link and for the rig's answer.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The key that the server asks for, or null.</summary>
    public SecureString? ApiKey { get; init; }
}
