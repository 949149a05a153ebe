using System.Net;
using System.Security;

namespace LlmOps.Tunnels;

/// <summary>What carries a tunnel: this process, or another one of this user on this machine.</summary>
internal interface ITunnelBody
{
    /// <summary>Called on each change of state, on a thread of the pool.</summary>
    Action<TunnelEvent>? Changed { get; set; }

    /// <summary>What the tunnel is.</summary>
    TunnelOptions Options { get; }

    /// <summary>The process that carries it.</summary>
    int ProcessId { get; }

    /// <summary>The TCP port on this machine.</summary>
    int LocalPort { get; }

    /// <summary>The addresses of this machine that it listens on.</summary>
    IReadOnlyList<IPAddress> BindAddress { get; }

    /// <summary>When it was opened.</summary>
    DateTimeOffset CreatedAt { get; }

    /// <summary>The figures of now.</summary>
    TunnelFigures Figures { get; }

    /// <summary>Why the last client that got no connection got none, or null.</summary>
    string? LastRefusal { get; }

    /// <summary>The key that the server asks for, or null.</summary>
    SecureString? ApiKey { get; }

    /// <summary>Takes over the model's name that the endpoint lists.</summary>
    void Serves(string model);

    /// <summary>Listens at the same port of the address of a container engine's bridge too, for processes of this machine.</summary>
    void ListenOnBridge(IPAddress address);

    /// <summary>Ends the tunnel.</summary>
    Task CloseAsync(TimeSpan drain);
}
