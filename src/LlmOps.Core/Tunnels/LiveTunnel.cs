using System.Net;
using System.Security;
using LlmOps.Rigs;

namespace LlmOps.Tunnels;

/// <summary>A tunnel that this process carries.</summary>
internal sealed class LiveTunnel : ITunnelBody
{
    private readonly TunnelHistory _history;
    private readonly TunnelCounters _counters;
    private readonly TunnelLink _link;
    private readonly TunnelListener _listener;
    private readonly TunnelForwarder _forwarder;
    private readonly CancellationTokenSource _accepting = new();
    private readonly Lock _binding = new();
    private readonly List<TunnelListener> _onBridges = [];
    private string? _model;
    private int _closed;

    private LiveTunnel(TunnelOptions options, TunnelHistory history, TunnelCounters counters, TunnelLink link, TunnelListener listener, TimeProvider time)
    {
        Options = options;
        _history = history;
        _counters = counters;
        _link = link;
        _listener = listener;
        _forwarder = new TunnelForwarder(link, options, history, counters, time);
        CreatedAt = time.GetUtcNow();
        BindAddress = options.BindAddress;
        _model = options.Model;
        _history.Changed = change => Changed?.Invoke(change);
        _ = _listener.AcceptAsync(_forwarder.Serve, _accepting.Token);
    }

    public Action<TunnelEvent>? Changed { get; set; }

    public TunnelOptions Options { get; }

    public int ProcessId => Environment.ProcessId;

    public int LocalPort => _listener.Port;

    public IReadOnlyList<IPAddress> BindAddress { get; private set; }

    public DateTimeOffset CreatedAt { get; }

    public string? LastRefusal => _forwarder.LastRefusal;

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
        RoundTrip = _link.RoundTrip,
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
            return new LiveTunnel(options, history, counters, link, listener, time);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
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
            _ = listener.AcceptAsync(_forwarder.Serve, _accepting.Token);
        }
    }

    public async Task CloseAsync(TimeSpan drain)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        _listener.Dispose(); // before the first await: who called may rely on the port being closed
        lock (_binding) _onBridges.ForEach(listener => listener.Dispose());
        await _accepting.CancelAsync().ConfigureAwait(false);
        await _forwarder.DrainAsync(drain).ConfigureAwait(false);
        _forwarder.Dispose();
        await _link.DisposeAsync().ConfigureAwait(false);
        _history.Change(TunnelState.Closed, "Removed.");
    }
}
