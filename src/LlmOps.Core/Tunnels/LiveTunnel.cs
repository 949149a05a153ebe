using System.Net;
using System.Security;
using LlmOps.Chat;
using LlmOps.Rigs;
using LlmOps.Tunnels.Gateway;

namespace LlmOps.Tunnels;

/// <summary>A tunnel that this process carries.</summary>
internal sealed class LiveTunnel : ITunnelBody
{
    private static readonly TimeSpan DrainLook = TimeSpan.FromMilliseconds(50);

    private readonly TunnelHistory _history;
    private readonly TunnelCounters _counters;
    private readonly TunnelListener _listener;
    private readonly ITunnelService _service;
    private readonly TunnelClients _clients;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _accepting = new();
    private readonly Lock _binding = new();
    private readonly List<TunnelListener> _onBridges = [];
    private string? _model;
    private int _closed;

    private LiveTunnel(TunnelOptions options, TunnelHistory history, TunnelCounters counters, ITunnelService service, TunnelListener listener, TimeProvider time)
    {
        Options = options;
        _history = history;
        _counters = counters;
        _service = service;
        _clients = new TunnelClients(service, history, counters);
        _listener = listener;
        _time = time;
        CreatedAt = time.GetUtcNow();
        BindAddress = options.BindAddress;
        _model = options.Model;
        _history.Changed = change => Changed?.Invoke(change);
        _ = _listener.AcceptAsync(_clients.Serve, _accepting.Token);
    }

    public Action<TunnelEvent>? Changed { get; set; }

    public TunnelOptions Options { get; }

    public int ProcessId => Environment.ProcessId;

    public int LocalPort => _listener.Port;

    public IReadOnlyList<IPAddress> BindAddress { get; private set; }

    public DateTimeOffset CreatedAt { get; }

    public string? LastRefusal => _clients.LastRefusal;

    public SecureString? ApiKey => Options.ApiKey;

    public TunnelFigures Figures => new()
    {
        State = _history.State,
        Model = _model,
        Connections = _counters.Accepted,
        ActiveConnections = _counters.Active,
        FailedConnections = _counters.Failed,
        BytesIn = _counters.BytesIn,
        BytesOut = _counters.BytesOut,
        Reconnects = _counters.Reconnects,
        RoundTrip = _service.RoundTrip,
        Backends = _service.Backends,
        History = _history.Events,
    };

    public static async Task<LiveTunnel> OpenAsync(TunnelOptions options, IRigLinkFactory links, IConnectQuestions? questions, TimeProvider time, CancellationToken cancel)
    {
        var listener = TunnelListener.Bind(options.BindAddress, options.LocalPort);
        try
        {
            var history = new TunnelHistory(time);
            var counters = new TunnelCounters();
            var link = await TunnelLink.OpenAsync(options.Rig, links, questions, history, counters, time, cancel).ConfigureAwait(false);
            return new LiveTunnel(options, history, counters, new TunnelForwarder(link, options, counters, time), listener, time);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Opens one address for several servers.</summary>
    /// <param name="options">What it is to be.</param>
    /// <param name="tunnels">A tunnel to each server. They belong to this one once it is open.</param>
    /// <param name="chat">Asks the servers for their models.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="LlmOpsException">A port can't be bound.</exception>
    public static LiveTunnel OpenGateway(TunnelOptions options, IReadOnlyList<LlmTunnel> tunnels, ChatClient chat, TimeProvider time)
    {
        var listener = TunnelListener.Bind(options.BindAddress, options.LocalPort);
        var history = new TunnelHistory(time);
        var counters = new TunnelCounters();
        history.Note($"Opened for {string.Join(", ", tunnels.Select(tunnel => tunnel.Server ?? tunnel.Name))}.");
        return new LiveTunnel(options, history, counters, new GatewayService(tunnels, chat, history, counters, time), listener, time);
    }

    public void Serves(string model) => _model = model;

    public void ListenOnBridge(IPAddress address)
    {
        lock (_binding)
        {
            ObjectDisposedException.ThrowIf(_closed != 0, this);
            var listener = TunnelListener.Bind([address], LocalPort, forContainers: true);
            _onBridges.Add(listener);
            BindAddress = [.. BindAddress, address];
            _ = listener.AcceptAsync(_clients.Serve, _accepting.Token);
        }
    }

    public async Task CloseAsync(TimeSpan drain)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        _listener.Dispose(); // before the first await: who called may rely on the port being closed
        lock (_binding) _onBridges.ForEach(listener => listener.Dispose());
        await _accepting.CancelAsync().ConfigureAwait(false);
        await DrainAsync(drain).ConfigureAwait(false);
        await _clients.EndAsync().ConfigureAwait(false);
        await _service.DisposeAsync().ConfigureAwait(false);
        _history.Change(TunnelState.Closed, "Removed.");
    }

    private async Task DrainAsync(TimeSpan patience)
    {
        var since = _time.GetTimestamp();
        while (_counters.Active > 0 && _time.GetElapsedTime(since) < patience) await Task.Delay(DrainLook, _time).ConfigureAwait(false);
    }
}
