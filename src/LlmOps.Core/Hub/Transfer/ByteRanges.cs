namespace LlmOps.Hub;

/// <summary>A set of bytes of a file, kept as the ranges that it consists of: in order, and apart from each other.</summary>
internal sealed class ByteRanges
{
    private readonly List<(long Start, long End)> _ranges = [];

    public ByteRanges()
    {
    }

    /// <summary>Takes ranges in any order; they may overlap.</summary>
    public ByteRanges(IEnumerable<(long Start, long End)> ranges)
    {
        foreach (var (start, end) in ranges) Add(start, end);
    }

    /// <summary>How many bytes are in the set.</summary>
    public long Total { get; private set; }

    /// <summary>How many bytes from the file's start on are in the set without a gap.</summary>
    public long Prefix => _ranges.Count > 0 && _ranges[0].Start == 0 ? _ranges[0].End : 0;

    public int Count => _ranges.Count;

    public IReadOnlyList<(long Start, long End)> Items => _ranges;

    /// <summary>Adds a range, and returns how many of its bytes were not in the set.</summary>
    public long Add(long start, long end)
    {
        if (start >= end) return 0;
        var first = FirstEndingFrom(start);
        var last = first;
        var held = 0L;
        var (from, to) = (start, end);
        for (; last < _ranges.Count && _ranges[last].Start <= end; last++)
        {
            var range = _ranges[last];
            held += Math.Max(0, Math.Min(range.End, end) - Math.Max(range.Start, start));
            from = Math.Min(from, range.Start);
            to = Math.Max(to, range.End);
        }

        if (last == first + 1) _ranges[first] = (from, to);
        else
        {
            _ranges.RemoveRange(first, last - first);
            _ranges.Insert(first, (from, to));
        }

        var added = end - start - held;
        Total += added;
        return added;
    }

    /// <summary>The first byte from a place on that is not in the set.</summary>
    public long NextMissing(long from)
    {
        var at = FirstEndingFrom(from);
        return at < _ranges.Count && _ranges[at].Start <= from ? _ranges[at].End : from;
    }

    /// <summary>The parts of a range that are not in the set, in order.</summary>
    public IReadOnlyList<(long Start, long End)> Missing(long start, long end)
    {
        if (start >= end) return [];
        var at = FirstEndingFrom(start);
        if (at == _ranges.Count || _ranges[at].Start >= end) return [(start, end)];
        var missing = new List<(long Start, long End)>();
        for (; at < _ranges.Count && start < end; at++)
        {
            var next = Math.Min(_ranges[at].Start, end);
            if (next > start) missing.Add((start, next));
            start = Math.Max(start, _ranges[at].End);
        }

        if (start < end) missing.Add((start, end));
        return missing;
    }

    private int FirstEndingFrom(long place)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].End < place) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
