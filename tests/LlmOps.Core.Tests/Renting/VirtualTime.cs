namespace LlmOps.Core.Tests.Renting;

/// <summary>
/// A clock on which waiting takes no time: everything runs on the caller's thread until all wait, and then the earliest timer fires. Its wall clock can be
/// set wrong without touching the time that passes.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Beginning = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<VirtualTimer, (long Due, long Order)> _timers = new();
    private long _order;

    /// <summary>What has passed.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>How wrong the wall clock is.</summary>
    public TimeSpan Skew { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override DateTimeOffset GetUtcNow() => Beginning + Now + Skew;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Runs work to its end, on this thread alone: the context of the test would send what awaits without care to another.</summary>
    public void Run(params Func<Task>[] work)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            RunAlone(work);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void RunAlone(Func<Task>[] work)
    {
        var all = Task.WhenAll(work.Select(start => start()).ToList());
        while (!all.IsCompleted)
        {
            VirtualTimer? next;
            lock (_timers) _timers.TryDequeue(out next, out _);
            if (next is not null) next.Fire();
            else if (!SpinWait.SpinUntil(() => all.IsCompleted || _timers.Count > 0, TimeSpan.FromSeconds(20))) throw new InvalidOperationException("Everybody waits, and nothing will happen.");
        }

        all.GetAwaiter().GetResult();
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private long _due = -1;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                _due = -1;
                return true;
            }

            lock (time._timers) time._timers.Enqueue(this, (_due = time.Now.Ticks + dueTime.Ticks, time._order++));
            return true;
        }

        public void Fire()
        {
            if (_due < 0) return;
            time.Now = TimeSpan.FromTicks(Math.Max(time.Now.Ticks, _due));
            _due = -1;
            callback(state);
        }

        public void Dispose() => _due = -1;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
