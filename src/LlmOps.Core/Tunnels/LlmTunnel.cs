using System.Net;
using System.Security;
using LlmOps.Containers;
using LlmOps.Rigs;

namespace LlmOps.Tunnels;

/// <summary>
/// A live local address of a port on a rig, most often a server's. It heals itself: while the link to the rig is away, its local ports stay
/// bound, new connections wait, and those that were cut end with a reset. Dispose it, or use Remove-LlmTunnel, to end it.
/// </summary>
public sealed class LlmTunnel : IAsyncDisposable, IDisposable
{
    private static int s_lastId;

    private readonly TunnelOptions _options;
    private readonly TunnelHistory _history;
    private readonly TunnelCounters _counters;
    private readonly TunnelLink _link;
    private readonly TunnelListener _listener;
    private readonly TunnelForwarder _forwarder;
    private readonly CancellationTokenSource _accepting = new();
    private readonly Lock _binding = new();
    private readonly List<TunnelListener> _forContainers = [];
    private int _closed;

    private LlmTunnel(TunnelOptions options, TunnelHistory history, TunnelCounters counters, TunnelLink link, TunnelListener listener, TimeProvider time)
    {
        _options = options;
        _history = history;
        _counters = counters;
        _link = link;
        _listener = listener;
        _forwarder = new TunnelForwarder(link, options, history, counters, time);
        CreatedAt = time.GetUtcNow();
        BindAddress = options.BindAddress;
        Model = options.Model;
        _history.Changed = change => Changed?.Invoke(this, change);
        _ = _listener.AcceptAsync(_forwarder.Serve, _accepting.Token);
    }

    /// <summary>Raised on each change of state, on a thread of the pool.</summary>
    public event EventHandler<TunnelEvent>? Changed;

    /// <summary>A number that is unique in this process.</summary>
    public int Id { get; } = Interlocked.Increment(ref s_lastId);

    /// <summary>The name that cmdlets take.</summary>
    public string Name => _options.Name;

    /// <summary>The rig that it leads to.</summary>
    public GpuRig Rig => _options.Rig;

    /// <summary>The name of the server behind it, or null.</summary>
    public string? Server => _options.Server;

    /// <summary>The name under which clients ask for the model, or null where it is not known.</summary>
    public string? Model { get; private set; }

    /// <summary>The host that it leads to, as the rig knows it.</summary>
    public string RemoteHost => _options.RemoteHost;

    /// <summary>The TCP port that it leads to.</summary>
    public int RemotePort => _options.RemotePort;

    /// <summary>The TCP port on this machine.</summary>
    public int LocalPort => _listener.Port;

    /// <summary>The addresses of this machine that it listens on.</summary>
    public IReadOnlyList<IPAddress> BindAddress { get; private set; }

    /// <summary>The base address of the API as the containers of this machine know it, or null where it was not asked for.</summary>
    public Uri? ContainerUri { get; private set; }

    /// <summary>The base address of the OpenAI-compatible API behind it, such as <c>http://127.0.0.1:41234/v1</c>.</summary>
    public Uri Uri => new($"http://{new IPEndPoint(Reachable(BindAddress.FirstOrDefault(IPAddress.IsLoopback) ?? BindAddress[0]), LocalPort)}/v1");

    /// <summary>Whether the link stands.</summary>
    public TunnelState State => _history.State;

    /// <summary>When it was opened.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>How many connections it has taken.</summary>
    public long Connections => _counters.Accepted;

    /// <summary>How many of them are open now.</summary>
    public int ActiveConnections => _counters.Active;

    /// <summary>How many of them were refused, reset or cut.</summary>
    public long FailedConnections => _counters.Failed;

    /// <summary>How many bytes came from the rig.</summary>
    public long BytesIn => _counters.BytesIn;

    /// <summary>How many bytes went to the rig.</summary>
    public long BytesOut => _counters.BytesOut;

    /// <summary>How often the link was made anew.</summary>
    public int Reconnects => _counters.Reconnects;

    /// <summary>How long the rig last took to answer over this link; null before the first answer, and for this machine itself.</summary>
    public TimeSpan? RoundTrip => _link.RoundTrip;

    /// <summary>The last hundred things that happened to it, oldest first.</summary>
    public IReadOnlyList<TunnelEvent> History => _history.Events;

    /// <summary>Why the last client that got no connection got none, or null while all got one.</summary>
    internal string? LastRefusal => _forwarder.LastRefusal;

    /// <summary>Opens a tunnel: binds the local ports, then connects to the rig.</summary>
    /// <param name="options">What it is to be.</param>
    /// <param name="links">Opens the link to the rig.</param>
    /// <param name="questions">Asks the person at the keyboard; null where nobody can be asked.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the attempt; nothing is left of it.</param>
    /// <exception cref="LlmOpsException">A port can't be bound, or the rig can't be reached.</exception>
    public static async Task<LlmTunnel> OpenAsync(TunnelOptions options, IRigLinkFactory links, IConnectQuestions? questions, TimeProvider time, CancellationToken cancel)
    {
        var listener = TunnelListener.Bind(options.BindAddress, options.LocalPort);
        try
        {
            var history = new TunnelHistory(time);
            var counters = new TunnelCounters();
            var link = await TunnelLink.OpenAsync(options.Rig, links, questions, history, counters, time, cancel).ConfigureAwait(false);
            return new LlmTunnel(options, history, counters, link, listener, time);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>The key that the server asks for, or null. A method and no property, so that no view and no JSON ever shows it.</summary>
    public SecureString? GetApiKey() => _options.ApiKey;

    /// <summary>Lets the containers of this machine in, at the same port: listens on the engine's bridge too, where it does not yet, and lets no other machine in there.</summary>
    /// <param name="host">How the containers reach this machine.</param>
    /// <exception cref="LlmOpsException"><c>LocalPortInUse</c>.</exception>
    public void OpenToContainers(ContainerHostAddress host)
    {
        ArgumentNullException.ThrowIfNull(host);
        lock (_binding)
        {
            ObjectDisposedException.ThrowIf(_closed != 0, this);
            if (!BindAddress.Contains(host.ListenAddress) && !BindAddress.Contains(IPAddress.Any))
            {
                var listener = TunnelListener.Bind([host.ListenAddress], LocalPort, forContainers: true);
                _forContainers.Add(listener);
                BindAddress = [.. BindAddress, host.ListenAddress];
                _ = listener.AcceptAsync(_forwarder.Serve, _accepting.Token);
            }

            ContainerUri = host.UriOf(LocalPort);
        }
    }

    /// <summary>Ends the tunnel: takes no more connections, lets those that are open finish, then resets the rest.</summary>
    /// <param name="drain">How long open connections may still take.</param>
    public async Task CloseAsync(TimeSpan drain)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        _listener.Dispose(); // before the first await: who called may rely on the port being closed
        lock (_binding) _forContainers.ForEach(listener => listener.Dispose());
        await _accepting.CancelAsync().ConfigureAwait(false);
        await _forwarder.DrainAsync(drain).ConfigureAwait(false);
        _forwarder.Dispose();
        await _link.DisposeAsync().ConfigureAwait(false);
        _history.Change(TunnelState.Closed, "Removed.");
    }

    /// <summary>Ends the tunnel at once; open connections are reset.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync(TimeSpan.Zero).ConfigureAwait(false);

    /// <summary>Ends the tunnel at once; open connections are reset.</summary>
    public void Dispose() => Task.Run(() => CloseAsync(TimeSpan.Zero)).GetAwaiter().GetResult();

    /// <summary>The base address.</summary>
    public override string ToString() => Uri.ToString();

    /// <summary>Takes the model's name from what the endpoint lists, unless the name that is known is among it.</summary>
    internal void Serves(IReadOnlyList<string> models)
    {
        if (models.Count > 0 && (Model is null || !models.Contains(Model))) Model = models[0];
    }

    private static IPAddress Reachable(IPAddress bound) =>
        bound.Equals(IPAddress.Any) ? IPAddress.Loopback
        : bound.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
        : bound;
}
