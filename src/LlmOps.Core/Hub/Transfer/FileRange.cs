namespace LlmOps.Hub;

/// <summary>A range of a file that a connection fetches. Its end may come nearer while it is under way, when an idle connection takes over the rest.</summary>
internal sealed class FileRange(FileTransfer transfer, long start, long end, TimeProvider time)
{
    private static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _began = time.GetTimestamp();
    private readonly long _start = start;
    private long _position = start;
    private long _end = end;
    private long _lastProgress = time.GetTimestamp();
    private (long Position, long At)? _suspicion;

    public FileTransfer Transfer { get; } = transfer;

    /// <summary>The next byte that this connection waits for.</summary>
    public long Position => Interlocked.Read(ref _position);

    /// <summary>The byte after the last that it has to bring.</summary>
    public long End => Interlocked.Read(ref _end);

    public long Left => Math.Max(0, End - Position);

    /// <summary>How long the rest takes at the rate so far; zero while nothing has come.</summary>
    public TimeSpan TimeLeft => Position > _start ? time.GetElapsedTime(_began) * ((double)Left / (Position - _start)) : TimeSpan.Zero;

    /// <summary>
    /// True if it has brought nothing for longer than a limit, at two looks in a row: after a pause of this whole process all ranges look
    /// as if they stood still, and what has come for them meanwhile would be thrown away. One caller at a time.
    /// </summary>
    public bool IsStuck(TimeSpan limit)
    {
        var position = Position;
        if (time.GetElapsedTime(Interlocked.Read(ref _lastProgress)) <= limit) return false;
        if (_suspicion is { } suspicion && suspicion.Position == position) return time.GetElapsedTime(suspicion.At) >= SecondLook;
        _suspicion = (position, time.GetTimestamp());
        return false;
    }

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
