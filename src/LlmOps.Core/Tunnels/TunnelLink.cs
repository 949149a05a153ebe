using LlmOps.Rigs;

namespace LlmOps.Tunnels;

/// <summary>
/// A tunnel's own link to its rig, apart from the one that carries the agent. When it is lost it is opened anew, for as long as the tunnel
/// lives; who needs it meanwhile waits.
/// </summary>
internal sealed class TunnelLink : IAsyncDisposable
{
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(30);

    private readonly GpuRig _rig;
    private readonly IRigLinkFactory _links;
    private readonly TunnelHistory _history;
    private readonly TunnelCounters _counters;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closing = new();
    private volatile TaskCompletionSource<LiveLink> _current = NewPromise();
    private Task _keeping = Task.CompletedTask;

    private TunnelLink(GpuRig rig, IRigLinkFactory links, TunnelHistory history, TunnelCounters counters, TimeProvider time)
    {
        _rig = rig;
        _links = links;
        _history = history;
        _counters = counters;
        _time = time;
    }

    /// <summary>How long an answer of the rig last took to come back, or null where that is not measured.</summary>
    public TimeSpan? RoundTrip => _current.Task is { IsCompletedSuccessfully: true } live ? live.Result.RoundTrip : null;

    /// <summary>Opens the first link and keeps one open from then on.</summary>
    /// <param name="rig">The rig.</param>
    /// <param name="links">Opens links.</param>
    /// <param name="questions">Asks the person at the keyboard, at this first time only.</param>
    /// <param name="history">Where it says what happens.</param>
    /// <param name="counters">Where reconnects are counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the attempt.</param>
    public static async Task<TunnelLink> OpenAsync(
        GpuRig rig, IRigLinkFactory links, IConnectQuestions? questions, TunnelHistory history, TunnelCounters counters, TimeProvider time, CancellationToken cancel)
    {
        var link = new TunnelLink(rig, links, history, counters, time);
        var first = await link.OpenOnceAsync(questions, cancel).ConfigureAwait(false);
        link._current.SetResult(first);
        history.Note($"Connected to rig '{rig.Name}'.");
        link._keeping = Task.Run(() => link.KeepAsync(first), CancellationToken.None);
        return link;
    }

    /// <summary>The live link; waits while there is none.</summary>
    /// <param name="cancel">Ends the wait.</param>
    public Task<LiveLink> GetAsync(CancellationToken cancel) => _current.Task.WaitAsync(cancel);

    /// <summary>Ends the link, and with it every connection that it carries.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(false);
        _current.TrySetCanceled(CancellationToken.None);
    }

    private static TaskCompletionSource<LiveLink> NewPromise() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<LiveLink> OpenOnceAsync(IConnectQuestions? questions, CancellationToken cancel)
    {
        var link = await _links.OpenAsync(_rig, questions, cancel).ConfigureAwait(false);
        return await LiveLink.StartAsync(link, warm: _rig.Ssh is not null, _time, cancel).ConfigureAwait(false);
    }

    private async Task KeepAsync(LiveLink live)
    {
        while (true)
        {
            await UntilAsync(live.Lost).ConfigureAwait(false);
            if (_closing.IsCancellationRequested)
            {
                await live.DisposeAsync().ConfigureAwait(false);
                return;
            }

            _current = NewPromise();
            _history.Change(TunnelState.Reconnecting, $"The connection to rig '{_rig.Name}' was lost.");
            await live.DisposeAsync().ConfigureAwait(false);
            if (await ReopenAsync().ConfigureAwait(false) is not { } next) return;
            live = next;
            _counters.Reconnected();
            _history.Change(TunnelState.Open, $"Connected to rig '{_rig.Name}' again.");
            _current.TrySetResult(live);
        }
    }

    private async Task<LiveLink?> ReopenAsync()
    {
        var delay = new ReconnectDelay(Random.Shared.NextDouble);
        while (true)
        {
            using var limit = new CancellationTokenSource(AttemptLimit, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _closing.Token);
            try
            {
                return await OpenOnceAsync(null, either.Token).ConfigureAwait(false);
            }
            catch (Exception) when (_closing.IsCancellationRequested)
            {
                return null;
            }
            catch (Exception failure)
            {
                // Any failure may pass: a rig that reboots refuses, resets, answers nonsense and times out in turn.
                _history.Note(failure is OperationCanceledException ? $"Rig '{_rig.Name}' did not answer within {AttemptLimit.TotalSeconds} s." : failure.Message);
            }

            await Task.Delay(delay.Next(), _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task UntilAsync(CancellationToken lost)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, _closing.Token);
        await Task.Delay(Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
