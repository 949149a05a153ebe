namespace LlmOps.Ssh.Session;

/// <summary>Notices a peer that no longer answers: asks every 5 s, and gives the session up when two questions stay unanswered, 10 to 15 s after the last sign of life.</summary>
internal sealed class LivenessProbe : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const int Patience = 2;

    private readonly SshMultiplexer _mux;
    private readonly ITimer _timer;
    private int _unanswered;

    public LivenessProbe(SshMultiplexer mux, TimeProvider time)
    {
        _mux = mux;
        mux.Heard += () => Volatile.Write(ref _unanswered, 0);
        _timer = time.CreateTimer(_ => Ask(), null, Interval, Interval);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Ask()
    {
        if (_mux.Lost.IsCancellationRequested) return;
        if (Interlocked.Increment(ref _unanswered) > Patience)
            _mux.Fail(new TimeoutException($"The SSH server has not answered for {(Patience + 1) * Interval.TotalSeconds:0} s."));
        else
            ThreadPool.UnsafeQueueUserWorkItem(static mux => mux.Probe(), _mux, preferLocal: false); // sending may block
    }
}
