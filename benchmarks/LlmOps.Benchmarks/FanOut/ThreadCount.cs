namespace LlmOps.Benchmarks.FanOut;

/// <summary>Watches how many threads this process has.</summary>
internal sealed class ThreadCount : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _watch;
    private int _most;

    public ThreadCount()
    {
        _watch = new Thread(Watch) { IsBackground = true, Name = "threads" };
        _watch.Start();
    }

    /// <summary>The threads of now, without the one that counts.</summary>
    public static int Now => Directory.GetDirectories("/proc/self/task").Length - 1;

    /// <summary>The most since the last time this was asked.</summary>
    public int TakeMost() => Interlocked.Exchange(ref _most, 0);

    public void Dispose()
    {
        _stop.Cancel();
        _watch.Join();
        _stop.Dispose();
    }

    private void Watch()
    {
        while (!_stop.Token.WaitHandle.WaitOne(5)) Interlocked.Exchange(ref _most, Math.Max(Volatile.Read(ref _most), Now));
    }
}
