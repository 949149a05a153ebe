using System.Diagnostics;
using System.Net;
using System.Security;
using LlmOps.Processes;
using LlmOps.State;

namespace LlmOps.Tunnels.Detached;

/// <summary>A tunnel that another process of this user carries, asked for what it is as it is looked at.</summary>
/// <param name="record">What its file says.</param>
internal sealed class DetachedTunnel(DetachedTunnelRecord record) : ITunnelBody
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(200); // a view reads a dozen properties of one moment
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(100);

    private readonly TunnelControlClient _control = new(record.Pipe);
    private readonly Lock _lock = new();
    private TunnelFigures? _figures;
    private long _asked;

    public Action<TunnelEvent>? Changed { get; set; }

    public TunnelOptions Options { get; } = new()
    {
        Name = record.Name,
        Rig = record.Rig,
        Server = record.Server,
        RemoteHost = record.RemoteHost,
        RemotePort = record.RemotePort,
        LocalPort = record.LocalPort,
        BindAddress = [.. record.BindAddress.Select(IPAddress.Parse)],
    };

    public int ProcessId => record.ProcessId;

    public int LocalPort => record.LocalPort;

    public IReadOnlyList<IPAddress> BindAddress => Options.BindAddress;

    public DateTimeOffset CreatedAt => record.CreatedAt;

    public string? LastRefusal => null;

    // Patiently: no answer would be taken for no key.
    public SecureString? ApiKey => SecureText.Hide(Task.Run(() => AskAgainAsync(new TunnelQuestion("key"), LongPatience)).GetAwaiter().GetResult()?.Key);

    public TunnelFigures Figures
    {
        get
        {
            lock (_lock)
            {
                if (_figures is { } known && (known.State == TunnelState.Closed || Stopwatch.GetElapsedTime(_asked) < Freshness)) return known;
                _figures = Ask(new TunnelQuestion("figures"))?.Figures ?? Silent();
                _asked = Stopwatch.GetTimestamp();
                return _figures;
            }
        }
    }

    public void Serves(string model)
    {
        // Its own process has looked.
    }

    public void ListenOnBridge(IPAddress address) => throw TunnelErrors.DetachedNotOnBridge(record.Name, address);

    public async Task CloseAsync(TimeSpan drain)
    {
        if (await AskAgainAsync(new TunnelQuestion("close", drain.TotalMilliseconds), drain + LongPatience).ConfigureAwait(false) is null && IsAlive()) Kill();
        lock (_lock) _figures = new TunnelFigures { State = TunnelState.Closed };
    }

    /// <summary>Asks until there is an answer, the process has ended, or patience has.</summary>
    private async Task<TunnelAnswer?> AskAgainAsync(TunnelQuestion question, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        while (true)
        {
            if (await _control.AskAsync(question, limit.Token).ConfigureAwait(false) is { } answer) return answer;
            if (limit.IsCancellationRequested || !IsAlive()) return null;
            await Task.Delay(AskAgain, CancellationToken.None).ConfigureAwait(false); // it may be just ending, or answer somebody else
        }
    }

    private TunnelAnswer? Ask(TunnelQuestion question)
    {
        using var limit = new CancellationTokenSource(Patience);
        return Task.Run(() => _control.AskAsync(question, limit.Token)).GetAwaiter().GetResult();
    }

    // A process that lives and does not answer is one that sleeps, such as a stopped one.
    private TunnelFigures Silent() => IsAlive()
        ? new() { State = TunnelState.Reconnecting, History = [new TunnelEvent(DateTimeOffset.UtcNow, TunnelState.Reconnecting, $"Process {record.ProcessId} does not answer.")] }
        : new() { State = TunnelState.Closed };

    private void Kill()
    {
        try
        {
            using var process = Process.GetProcessById(record.ProcessId);
            process.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended by itself.
        }
    }

    private bool IsAlive()
    {
        try
        {
            using var process = Process.GetProcessById(record.ProcessId);
            return !ProcessTable.HasEnded(process) && process.StartTime <= record.CreatedAt.LocalDateTime;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
