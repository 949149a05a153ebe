using LlmOps.Rigs;

namespace LlmOps.Tunnels;

/// <summary>
/// A link while it stands. Over SSH a session is kept open on it that echoes a byte every few seconds: sshd then sends small packets at once
/// (until a connection has had a session, sshd before 10.1 leaves Nagle's algorithm on), and how long the way takes is known.
/// </summary>
internal sealed class LiveLink : IAsyncDisposable
{
    /// <summary>The command of the session that echoes, as a rig shows it: the one that nobody types, since by it the guard knows it from a person's.</summary>
    public const string Echo = "cat -u";

    private static readonly TimeSpan PulseInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SessionLimit = TimeSpan.FromSeconds(10);

    private readonly IRigLink _link;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost;
    private IRemoteProcess? _echo;
    private Task _pulse = Task.CompletedTask;
    private long _roundTrip = -1;

    private LiveLink(IRigLink link, TimeProvider time)
    {
        _link = link;
        _time = time;
        _lost = CancellationTokenSource.CreateLinkedTokenSource(link.Lost);
        Lost = _lost.Token;
    }

    /// <summary>Is cancelled when the link is gone: it has ended, or has found that its peer no longer answers.</summary>
    public CancellationToken Lost { get; }

    /// <summary>How long the last echo took, or null before the first.</summary>
    public TimeSpan? RoundTrip => Interlocked.Read(ref _roundTrip) is var ticks and >= 0 ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>Takes over a link that was just opened.</summary>
    /// <param name="link">The link.</param>
    /// <param name="warm">True to keep a session open on it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the attempt, and the link with it.</param>
    public static async Task<LiveLink> StartAsync(IRigLink link, bool warm, TimeProvider time, CancellationToken cancel)
    {
        var live = new LiveLink(link, time);
        if (warm) await live.WarmAsync(cancel).ConfigureAwait(false);
        if (!cancel.IsCancellationRequested) return live;
        await live.DisposeAsync().ConfigureAwait(false);
        throw new OperationCanceledException(cancel);
    }

    /// <summary>Connects to a port of the rig.</summary>
    /// <param name="host">The host as the rig knows it.</param>
    /// <param name="port">The TCP port.</param>
    /// <param name="cancel">Ends the attempt.</param>
    public Task<DuplexStream> ConnectAsync(string host, int port, CancellationToken cancel) => _link.ConnectAsync(host, port, cancel);

    /// <summary>Ends the link.</summary>
    public async ValueTask DisposeAsync()
    {
        await _lost.CancelAsync().ConfigureAwait(false);
        await EndAsync(_link).ConfigureAwait(false);
        if (_echo is not null) await EndAsync(_echo).ConfigureAwait(false);
        await _pulse.ConfigureAwait(false);
        _lost.Dispose();
    }

    private static async Task EndAsync(IAsyncDisposable part)
    {
        try
        {
            await part.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It is gone anyway.
        }
    }

    private async Task WarmAsync(CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(SessionLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            _echo = await _link.StartAsync($"exec {Echo}", either.Token).ConfigureAwait(false);
            _pulse = Task.Run(() => PulseAsync(_echo), CancellationToken.None);
        }
        catch (Exception)
        {
            // A rig that allows no session still forwards, only less promptly.
        }
    }

    private async Task PulseAsync(IRemoteProcess echo)
    {
        var beat = new byte[1];
        try
        {
            while (true)
            {
                var sent = _time.GetTimestamp();
                await echo.StandardInput.WriteAsync("\n"u8.ToArray(), Lost).ConfigureAwait(false);
                await echo.StandardInput.FlushAsync(Lost).ConfigureAwait(false);
                if (await echo.StandardOutput.ReadAsync(beat, Lost).ConfigureAwait(false) == 0) return;
                Interlocked.Exchange(ref _roundTrip, _time.GetElapsedTime(sent).Ticks);
                await Task.Delay(PulseInterval, _time, Lost).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // The session ended. If the link did too, or the peer has fallen silent, the link itself says so.
        }
    }
}
