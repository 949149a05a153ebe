namespace LlmOps.Hub;

/// <summary>
/// Hands out the ranges that are still to be fetched, over all files. Ranges get shorter as less is left, so that all connections end
/// together; when none is left, an idle connection takes half of the one that takes longest, or all of one that brings nothing.
/// </summary>
internal sealed class RangeQueue(TransferLimits limits, TransferMeter meter, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WorthSharing = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<(FileTransfer Transfer, Queue<(long Start, long End)> Gaps)> _waiting = [];
    private readonly HashSet<FileRange> _flying = [];
    private readonly ChangeSignal _changed = new();
    private bool _isComplete;

    /// <summary>True while a further connection would find work.</summary>
    public bool HasWork
    {
        get
        {
            lock (_gate) return _waiting.Count > 0;
        }
    }

    /// <summary>Puts ranges of a file at the end.</summary>
    public void Add(FileTransfer transfer, IReadOnlyList<(long Start, long End)> gaps)
    {
        var missing = gaps.Where(gap => gap.Start < gap.End).ToList();
        if (missing.Count == 0) return;
        lock (_gate) _waiting.Add((transfer, new Queue<(long Start, long End)>(missing)));
        _changed.Raise();
    }

    /// <summary>Says that no file will come any more.</summary>
    public void Complete()
    {
        lock (_gate) _isComplete = true;
        _changed.Raise();
    }

    /// <summary>The next range; null when there will be none.</summary>
    public async Task<FileRange?> TakeAsync(Func<bool> isWanted, Func<int> connections, CancellationToken cancel)
    {
        while (true)
        {
            var changed = _changed.Next;
            lock (_gate)
            {
                if (!isWanted()) return null;
                if (Next(connections()) is { } range) return range;
                if (_isComplete && _waiting.Count == 0 && _flying.Count == 0) return null;
            }

            await Task.WhenAny(changed, Task.Delay(Look, time, cancel)).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Says that a connection is done with a range.</summary>
    public void Return(FileRange range)
    {
        lock (_gate) _flying.Remove(range);
        range.Transfer.Mend?.Settle();
        _changed.Raise();
    }

    /// <summary>Takes all ranges of a file back, and is done when no connection has one any more.</summary>
    public async Task WithdrawAsync(FileTransfer transfer)
    {
        while (true)
        {
            var changed = _changed.Next;
            lock (_gate)
            {
                _waiting.RemoveAll(waiting => waiting.Transfer == transfer);
                var left = _flying.Where(range => range.Transfer == transfer).ToList();
                if (left.Count == 0) return;
                foreach (var range in left) range.Abandon();
            }

            await changed.ConfigureAwait(false);
        }
    }

    /// <summary>Is done when so few files wait that another may be opened.</summary>
    public async Task WhenRoomAsync(CancellationToken cancel)
    {
        while (true)
        {
            var changed = _changed.Next;
            lock (_gate)
            {
                if (_waiting.Count < limits.Connections * 2 && _waiting.Count(waiting => waiting.Transfer.File.Size >= limits.LargestRange) < 2) return;
            }

            await changed.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private FileRange? Next(int connections)
    {
        if (_waiting.Count == 0) return TakeOver();
        var (transfer, gaps) = _waiting[0];
        var (start, end) = gaps.Dequeue();
        var length = Math.Clamp(meter.BytesLeft / (2 * Math.Max(connections, 1)), limits.SmallestRange, limits.LargestRange);
        if (transfer.IsDivisible && end - start > length + limits.SmallestRange)
        {
            var rest = gaps.ToArray();
            gaps.Clear();
            gaps.Enqueue((start + length, end));
            foreach (var gap in rest) gaps.Enqueue(gap);
            end = start + length;
        }

        if (gaps.Count == 0)
        {
            _waiting.RemoveAt(0);
            _changed.Raise();
        }

        return Fly(new FileRange(transfer, start, end, time));
    }

    private FileRange? TakeOver()
    {
        var shared = _flying.Where(range => range.Transfer.IsDivisible && range.Left > 0).ToList();
        if (shared.FirstOrDefault(range => range.IsStuck(limits.TakeOver)) is { } stuck)
        {
            var rest = new FileRange(stuck.Transfer, stuck.Position, stuck.End, time);
            stuck.Abandon();
            return Fly(rest);
        }

        // What has been sent already and is not read any more comes twice: that pays where the rest takes long.
        if (shared.Where(range => range.Left >= 2 * limits.SmallestRange).MaxBy(range => range.TimeLeft) is not { } longest || longest.TimeLeft < WorthSharing) return null;
        var middle = longest.Position + longest.Left / 2;
        var half = new FileRange(longest.Transfer, middle, longest.End, time);
        longest.Shorten(middle);
        return Fly(half);
    }

    private FileRange Fly(FileRange range)
    {
        _flying.Add(range);
        return range;
    }
}
