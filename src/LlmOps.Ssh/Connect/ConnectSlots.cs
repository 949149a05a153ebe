namespace LlmOps.Ssh.Connect;

/// <summary>
/// How many connections are begun at once in this process: each holds a thread until it is in, and where the processor is what they wait
/// for, more at once come in no sooner. A slot is held for 150 ms at most, so that hosts which are far away or don't answer keep no other waiting.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ConnectSlots(TimeProvider time)
{
    // Measured with fifty rigs: on two processors more than eight come in no sooner, on sixteen sixteen take three quarters of the time of eight, and fifty no less than sixteen.
    private static readonly int Most = Math.Max(8, Environment.ProcessorCount);

    private static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(150);

    private readonly SemaphoreSlim _free = new(Most);

    /// <summary>Waits for a slot.</summary>
    /// <returns>Gives it back when disposed, if that has not happened by then.</returns>
    public async Task<IDisposable> TakeAsync(CancellationToken cancel)
    {
        await _free.WaitAsync(cancel).ConfigureAwait(false);
        return new Slot(_free, time);
    }

    private sealed class Slot : IDisposable
    {
        private readonly SemaphoreSlim _free;
        private readonly ITimer _limit;
        private int _given;

        public Slot(SemaphoreSlim free, TimeProvider time)
        {
            _free = free;
            _limit = time.CreateTimer(static slot => ((Slot)slot!).GiveBack(), this, LongestHold, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            _limit.Dispose();
            GiveBack();
        }

        private void GiveBack()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0) _free.Release();
        }
    }
}
