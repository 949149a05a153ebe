namespace LlmOps.Hub;

/// <summary>A range of a file that a connection fetches. Its end may come nearer while it is under way, when an idle connection takes over the rest.</summary>
internal sealed class FileRange(FileTransfer transfer, long start, long end, TimeProvider time)
{
    private readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _began = time.GetTimestamp();
    private readonly long _start = start;
    private long _position = start;
    private long _end = end;
    private long _lastProgress = time.GetTimestamp();

    public FileTransfer Transfer { get; } = transfer;

    /// <summary>The next byte that this connection waits for.</summary>
    public long Position => Interlocked.Read(ref _position);

    /// <summary>The byte after the last that it has to bring.</summary>
    public long End => Interlocked.Read(ref _end);

    public long Left => Math.Max(0, End - Position);

    /// <summary>How long the rest takes at the rate so far; zero while nothing has come.</summary>
    public TimeSpan TimeLeft => Position > _start ? time.GetElapsedTime(_began) * ((double)Left / (Position - _start)) : TimeSpan.Zero;

    /// <summary>How long it has brought nothing.</summary>
    public TimeSpan Idle => time.GetElapsedTime(Interlocked.Read(ref _lastProgress));

    /// <summary>Is done when nobody needs the range any more.</summary>
    public Task Abandoned => _abandoned.Task;

    public void Advance(long position)
    {
        if (position <= Position) return;
        Interlocked.Exchange(ref _position, position);
        Interlocked.Exchange(ref _lastProgress, time.GetTimestamp());
    }

    public void Shorten(long end) => Interlocked.Exchange(ref _end, end);

    public void Abandon() => _abandoned.TrySetResult();
}
