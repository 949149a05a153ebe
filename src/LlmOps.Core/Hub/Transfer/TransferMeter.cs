namespace LlmOps.Hub;

/// <summary>Counts what a transfer has done and how fast; safe from many threads.</summary>
internal sealed class TransferMeter(TimeProvider time, long bytesTotal, int filesTotal)
{
    private static readonly TimeSpan LongestLeft = TimeSpan.FromDays(30);
    private static readonly TimeSpan ShortestSpan = TimeSpan.FromSeconds(1);

    private const long RequestWorth = 64 * 1024;
    private const int MostRemarks = 100;

    private readonly Lock _gate = new();
    private readonly SmoothRate _rate = new(TimeSpan.FromSeconds(3));
    private readonly SmoothRate _longRate = new(TimeSpan.FromSeconds(15));
    private readonly long _began = time.GetTimestamp();
    private (long At, long Fetched) _lastRead = (time.GetTimestamp(), 0);
    private long _bytesDone;
    private long _fetched;
    private long _requests;
    private int _refusals;
    private readonly List<string> _remarks = [];
    private int _filesDone;
    private long _lastProgress = time.GetTimestamp();

    /// <summary>All that was done so far, to compare times by: the bytes, and for each request what it is worth beside them.</summary>
    public long Work => Fetched + Interlocked.Read(ref _requests) * RequestWorth;

    /// <summary>How many bytes are still missing.</summary>
    public long BytesLeft => bytesTotal - Interlocked.Read(ref _bytesDone);

    public long Fetched => Interlocked.Read(ref _fetched);

    /// <summary>True while all that is left belongs to another process.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>True while the Hub wants to be left alone.</summary>
    public Func<bool>? IsPaused { get; set; }

    /// <summary>Tells how far the files are that are under way.</summary>
    public Func<IReadOnlyList<FileProgress>>? Files { get; set; }

    /// <summary>How long nothing has come.</summary>
    public TimeSpan Idle => time.GetElapsedTime(Interlocked.Read(ref _lastProgress));

    /// <summary>Counts bytes that came over the network.</summary>
    /// <param name="fetched">How many.</param>
    /// <param name="added">How many of them were missing.</param>
    public void Fetch(int fetched, long added)
    {
        Interlocked.Add(ref _fetched, fetched);
        Interlocked.Add(ref _bytesDone, added);
        if (added > 0) Touch();
    }

    /// <summary>Counts an answer that brings bytes.</summary>
    public void CountRequest() => Interlocked.Increment(ref _requests);

    /// <summary>Counts a request that brought nothing.</summary>
    public void Refuse() => Interlocked.Increment(ref _refusals);

    /// <summary>How many requests brought nothing since the last time.</summary>
    public int TakeRefusals() => Interlocked.Exchange(ref _refusals, 0);

    /// <summary>Counts bytes that are here without having been fetched now; negative where they turned out to be wrong.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _bytesDone, bytes);

    public void FinishFile()
    {
        Interlocked.Increment(ref _filesDone);
        Touch();
    }

    /// <summary>Begins the patience anew: a wait that the Hub asked for is not a failure.</summary>
    public void Touch() => Interlocked.Exchange(ref _lastProgress, time.GetTimestamp());

    /// <summary>Notes something that the user may want to know.</summary>
    public void Remark(string text)
    {
        lock (_gate)
        {
            if (_remarks.Count < MostRemarks) _remarks.Add(text);
        }
    }

    public DownloadProgress Read()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var fetched = Fetched;
            var passed = time.GetElapsedTime(_lastRead.At, now);
            _rate.Add(fetched - _lastRead.Fetched, passed);
            _longRate.Add(fetched - _lastRead.Fetched, passed);
            _lastRead = (now, fetched);
            var isKnown = time.GetElapsedTime(_began, now) >= ShortestSpan;
            var (rate, longRate) = isKnown ? (_rate.Value, _longRate.Value) : (0, 0);
            var done = Interlocked.Read(ref _bytesDone);
            return new DownloadProgress
            {
                Phase = IsWaiting ? DownloadPhase.Waiting : IsPaused?.Invoke() == true ? DownloadPhase.Paused : done >= bytesTotal ? DownloadPhase.Verifying : DownloadPhase.Downloading,
                BytesDone = done,
                BytesTotal = bytesTotal,
                FilesDone = Volatile.Read(ref _filesDone),
                FilesTotal = filesTotal,
                Fetched = fetched,
                BytesPerSecond = rate,
                Remaining = longRate > 0 && (bytesTotal - done) / longRate < LongestLeft.TotalSeconds ? TimeSpan.FromSeconds((bytesTotal - done) / longRate) : null,
                Files = Files?.Invoke() ?? [],
                Remarks = [.. _remarks],
            };
        }
    }
}
