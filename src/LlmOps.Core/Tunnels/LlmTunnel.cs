using System.Net;
using System.Security;
using LlmOps.Chat;
using LlmOps.Containers;
using LlmOps.Rigs;

namespace LlmOps.Tunnels;

/// <summary>
/// A live local address of a port on a rig, most often a server's. It heals itself: while the link to the rig is away, its local ports stay
/// bound, new connections wait, and those that were cut end with a reset. It is carried by this process, or, detached, by one of its own.
/// Dispose it, or use Remove-LlmTunnel, to end it.
/// </summary>
public sealed class LlmTunnel : IAsyncDisposable, IDisposable
{
    private static int s_lastId;

    private readonly ITunnelBody _body;

    internal LlmTunnel(ITunnelBody body)
    {
        _body = body;
        _body.Changed = change => Changed?.Invoke(this, change);
    }

    /// <summary>Raised on each change of state, on a thread of the pool. A detached tunnel raises it in its own process only.</summary>
    public event EventHandler<TunnelEvent>? Changed;

    /// <summary>A number that is unique in this process.</summary>
    public int Id { get; } = Interlocked.Increment(ref s_lastId);

    /// <summary>The name that cmdlets take.</summary>
    public string Name => _body.Options.Name;

    /// <summary>The rig that it leads to; that of the first server where several share it.</summary>
    public GpuRig Rig => _body.Options.Rig;

    /// <summary>The name of the server behind it; null where it leads to another port, or several servers share it.</summary>
    public string? Server => _body.Options.Server;

    /// <summary>The name under which clients ask for the model, or null where it is not known.</summary>
    public string? Model => _body.Figures.Model;

    /// <summary>The host that it leads to, as the rig knows it.</summary>
    public string RemoteHost => _body.Options.RemoteHost;

    /// <summary>The TCP port that it leads to; that of the first server where several share it.</summary>
    public int RemotePort => _body.Options.RemotePort;

    /// <summary>The TCP port on this machine.</summary>
    public int LocalPort => _body.LocalPort;

    /// <summary>The addresses of this machine that it listens on.</summary>
    public IReadOnlyList<IPAddress> BindAddress => _body.BindAddress;

    /// <summary>The base address of the API as the containers of this machine know it, or null where it was not asked for.</summary>
    public Uri? ContainerUri { get; private set; }

    /// <summary>The base address of the OpenAI-compatible API behind it, such as <c>http://127.0.0.1:41234/v1</c>.</summary>
    public Uri Uri => new($"http://{new IPEndPoint(Reachable(BindAddress.FirstOrDefault(IPAddress.IsLoopback) ?? BindAddress[0]), LocalPort)}/v1");

    /// <summary>The process that carries it.</summary>
    public int ProcessId => _body.ProcessId;

    /// <summary>True if a process of its own carries it, so that it outlives this session.</summary>
    public bool IsDetached => ProcessId != Environment.ProcessId;

    /// <summary>Whether the link stands.</summary>
    public TunnelState State => _body.Figures.State;

    /// <summary>When it was opened.</summary>
    public DateTimeOffset CreatedAt => _body.CreatedAt;

    /// <summary>How many connections it has taken.</summary>
    public long Connections => _body.Figures.Connections;

    /// <summary>How many of them are open now.</summary>
    public int ActiveConnections => _body.Figures.ActiveConnections;

    /// <summary>How many of them were refused, reset or cut.</summary>
    public long FailedConnections => _body.Figures.FailedConnections;

    /// <summary>How many bytes came from the rig.</summary>
    public long BytesIn => _body.Figures.BytesIn;

    /// <summary>How many bytes went to the rig.</summary>
    public long BytesOut => _body.Figures.BytesOut;

    /// <summary>How often the link was made anew.</summary>
    public int Reconnects => _body.Figures.Reconnects;

    /// <summary>How long the rig last took to answer over this link; null before the first answer, and for this machine itself.</summary>
    public TimeSpan? RoundTrip => _body.Figures.RoundTrip;

    /// <summary>The servers that share its address: each request goes to one that has its model. Empty where the tunnel leads to one server or port.</summary>
    public IReadOnlyList<TunnelBackend> Backends => _body.Figures.Backends;

    /// <summary>The last hundred things that happened to it, oldest first.</summary>
    public IReadOnlyList<TunnelEvent> History => _body.Figures.History;

    /// <summary>Why the last client that got no connection got none, or null while all got one.</summary>
    internal string? LastRefusal => _body.LastRefusal;

    /// <summary>The figures of one moment.</summary>
    internal TunnelFigures Figures => _body.Figures;

    /// <summary>Opens a tunnel: binds the local ports, then connects to the rig.</summary>
    /// <param name="options">What it is to be.</param>
    /// <param name="links">Opens the link to the rig.</param>
    /// <param name="questions">Asks the person at the keyboard; null where nobody can be asked.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the attempt; nothing is left of it.</param>
    /// <exception cref="LlmOpsException">A port can't be bound, or the rig can't be reached.</exception>
    public static async Task<LlmTunnel> OpenAsync(TunnelOptions options, IRigLinkFactory links, IConnectQuestions? questions, TimeProvider time, CancellationToken cancel) =>
        new(await LiveTunnel.OpenAsync(options, links, questions, time, cancel).ConfigureAwait(false));

    /// <summary>Opens one address for several servers: each request goes to one that has its model, by the fewest in flight, and to another one where the first does not answer.</summary>
    /// <param name="options">What it is to be.</param>
    /// <param name="tunnels">An open tunnel to each server. They end with this one; if it can't be opened, they stay open.</param>
    /// <param name="chat">Asks the servers for their models.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="LlmOpsException">A port can't be bound.</exception>
    public static LlmTunnel OpenGateway(TunnelOptions options, IReadOnlyList<LlmTunnel> tunnels, ChatClient chat, TimeProvider time) =>
        new(LiveTunnel.OpenGateway(options, tunnels, chat, time));

    /// <summary>The key that the server asks for, or null. A method and no property, so that no view and no JSON ever shows it.</summary>
    public SecureString? GetApiKey() => _body.ApiKey;

    /// <summary>Lets the containers of this machine in, at the same port: listens on the engine's bridge too, where it does not yet, and lets no other machine in there.</summary>
    /// <param name="host">How the containers reach this machine.</param>
    /// <exception cref="LlmOpsException"><c>LocalPortInUse</c>, or <c>DetachedTunnelNotOnBridge</c>.</exception>
    public void OpenToContainers(ContainerHostAddress host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (!BindAddress.Contains(host.ListenAddress) && !BindAddress.Contains(IPAddress.Any)) _body.ListenOnBridge(host.ListenAddress);
        ContainerUri = host.UriOf(LocalPort);
    }

    /// <summary>Ends the tunnel: takes no more connections, lets those that are open finish, then resets the rest.</summary>
    /// <param name="drain">How long open connections may still take.</param>
    public Task CloseAsync(TimeSpan drain) => _body.CloseAsync(drain);

    /// <summary>Ends the tunnel at once; open connections are reset.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync(TimeSpan.Zero).ConfigureAwait(false);

    /// <summary>Ends the tunnel at once; open connections are reset.</summary>
    public void Dispose() => Task.Run(() => CloseAsync(TimeSpan.Zero)).GetAwaiter().GetResult();

    /// <summary>The base address.</summary>
    public override string ToString() => Uri.ToString();

    /// <summary>Takes the model's name from what the endpoint lists, unless the name that is known is among it.</summary>
    internal void Serves(IReadOnlyList<string> models)
    {
        if (models.Count > 0 && (Model is null || !models.Contains(Model))) _body.Serves(models[0]);
    }

    private static IPAddress Reachable(IPAddress bound) =>
        bound.Equals(IPAddress.Any) ? IPAddress.Loopback
        : bound.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
        : bound;
}
