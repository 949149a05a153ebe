namespace LlmOps.Hub.Xet;

/// <summary>
/// Which way the ranges of one download come. Where both may be used, the first ranges take turns; when each way has brought three, and the first of
/// each does not count, the rest comes by Xet storage if that was faster by a tenth, in bytes of the file per second and connection, else over HTTP.
/// </summary>
internal sealed class TransportChoice(HfTransport wanted, long shortest)
{
    private const int Trials = 3;
    private const double Gain = 1.1;

    private readonly Lock _gate = new();
    private readonly Tally _xet = new();
    private readonly Tally _http = new();
    private HfTransport? _decided;
    private bool _isXetNext;

    private HfTransport Decided => _decided ?? wanted;

    /// <summary>The way for the next range.</summary>
    public HfTransport Next()
    {
        lock (_gate)
        {
            if (Decided is not HfTransport.Auto and var way) return way;
            _isXetNext = !_isXetNext;
            return _isXetNext ? HfTransport.Xet : HfTransport.Http;
        }
    }

    /// <summary>Notes how long a range took.</summary>
    /// <param name="way">The way it came.</param>
    /// <param name="bytes">Its length in the file.</param>
    /// <param name="took">The time from the first request to the last byte.</param>
    public void Record(HfTransport way, long bytes, TimeSpan took)
    {
        if (bytes < shortest) return;
        lock (_gate)
        {
            if (Decided != HfTransport.Auto) return;
            (way == HfTransport.Xet ? _xet : _http).Add(bytes, took);
            if (_xet.Count >= Trials && _http.Count >= Trials) _decided = _xet.Rate > _http.Rate * Gain ? HfTransport.Xet : HfTransport.Http;
        }
    }

    /// <summary>Xet storage failed: where the choice is free, it is over.</summary>
    public void Fail()
    {
        lock (_gate)
        {
            if (wanted == HfTransport.Auto) _decided = HfTransport.Http;
        }
    }

    private sealed class Tally
    {
        private long _bytes;
        private TimeSpan _took;

        public int Count { get; private set; }

        public double Rate => _bytes / Math.Max(_took.TotalSeconds, 1e-6);

        public void Add(long bytes, TimeSpan took)
        {
            // The first pays for the connection and the token.
            if (Count++ == 0) return;
            _bytes += bytes;
            _took += took;
        }
    }
}
