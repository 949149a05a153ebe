using LlmOps.Rigs;

namespace LlmOps.Tunnels;

/// <summary>What a tunnel does with a client, and what it has behind it. Disposing it ends what is behind.</summary>
internal interface ITunnelService : IAsyncDisposable
{
    /// <summary>How long the rig last took to answer, or null where that is not measured.</summary>
    TimeSpan? RoundTrip { get; }

    /// <summary>The servers that share the tunnel's address; none where it leads to one port.</summary>
    IReadOnlyList<TunnelBackend> Backends { get; }

    /// <summary>Serves a client until both sides have ended. Returns to who called it before it waits for anything; the caller closes the stream.</summary>
    /// <param name="client">The client.</param>
    /// <param name="ending">Is cancelled when the tunnel ends.</param>
    Task<ClientOutcome> ServeAsync(SocketDuplexStream client, CancellationToken ending);
}
