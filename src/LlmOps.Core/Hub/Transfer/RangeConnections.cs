namespace LlmOps.Hub;

/// <summary>Keeps as many connections at work as are worth while.</summary>
internal sealed class RangeConnections(RangeQueue queue, TransferLimits limits, TransferMeter meter, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly ConnectionControl _control = new(limits.FirstConnections, limits.Connections, time);
    private readonly ProcessorShare _processors = new(time);
    private readonly TransferThrottle _throttle = new(limits.BytesPerSecond, time);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;

    /// <summary>Completes when the queue has no work any more.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = new PeriodicTimer(Interval, time);
        var connections = new List<Task>();
        try
        {
            while (!_ended.Task.IsCompleted)
            {
                connections.RemoveAll(connection => connection.IsCompletedSuccessfully);
                for (; Volatile.Read(ref _running) < _control.Target; Interlocked.Increment(ref _running)) connections.Add(Task.Run(() => WorkAsync(stop.Token), CancellationToken.None));
                await Task.WhenAny(_ended.Task, timer.WaitForNextTickAsync(cancel).AsTask()).ConfigureAwait(false);
                cancel.ThrowIfCancellationRequested();
                _control.Observe(meter.Work, queue.HasWork, meter.TakeRefusals() > _control.Target / 4, _processors.Look());
            }

            await _ended.Task.ConfigureAwait(false);
        }
        finally
        {
            if (!_ended.Task.IsCompletedSuccessfully) await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WorkAsync(CancellationToken cancel)
    {
        try
        {
            var fetcher = new RangeFetcher(limits, meter, _throttle, time);
            var isSpare = false;
            while (await queue.TakeAsync(() => !(isSpare = IsSpare()), () => _control.Target, cancel).ConfigureAwait(false) is { } range)
            {
                try
                {
                    await fetcher.FetchAsync(range, cancel).ConfigureAwait(false);
                }
                finally
                {
                    queue.Return(range);
                }
            }

            if (!isSpare) _ended.TrySetResult();
        }
        catch (Exception failure)
        {
            _ended.TrySetException(failure);
        }
    }

    /// <summary>True for one connection too many; it must then go.</summary>
    private bool IsSpare()
    {
        var running = Volatile.Read(ref _running);
        return running > _control.Target && Interlocked.CompareExchange(ref _running, running - 1, running) == running;
    }
}
