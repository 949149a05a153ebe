using System.Net.Sockets;

namespace LlmOps.Tunnels;

/// <summary>What a tunnel does with the clients that its listener takes, and what it has behind it. Disposing it resets every client that is still connected, and ends what is behind.</summary>
internal interface ITunnelService : IAsyncDisposable
{
    /// <summary>How long the rig last took to answer, or null where that is not measured.</summary>
    TimeSpan? RoundTrip { get; }

    /// <summary>Why the last client that got no connection got none, or null while all got one.</summary>
    string? LastRefusal { get; }

    /// <summary>The servers that share the tunnel's address; none where it leads to one port.</summary>
    IReadOnlyList<TunnelBackend> Backends { get; }

    /// <summary>Serves a client. Never throws, and returns at once.</summary>
    /// <param name="client">The client's socket.</param>
    void Serve(Socket client);
}
