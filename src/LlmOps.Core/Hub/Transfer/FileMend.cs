using System.Buffers;

namespace LlmOps.Hub;

/// <summary>A second fetch of a file whose hash is wrong: compares what comes with what is here, and replaces what differs.</summary>
internal sealed class FileMend(PartialFile partial, long size)
{
    private readonly Lock _gate = new();
    private readonly ByteRanges _compared = new();
    private readonly ChangeSignal _progress = new();
    private int _changes;

    /// <summary>How often bytes were replaced.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>True when all of the file has been compared.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_gate) return _compared.Total == size;
        }
    }

    /// <summary>The first byte from a place on that has not been compared.</summary>
    public long NextMissing(long from)
    {
        lock (_gate) return _compared.NextMissing(from);
    }

    /// <summary>Compares bytes that came again, and returns how many of them had not been compared.</summary>
    public long Compare(long offset, ReadOnlySpan<byte> data)
    {
        var here = ArrayPool<byte>.Shared.Rent(data.Length);
        try
        {
            var count = partial.Read(offset, here.AsSpan(0, data.Length));
            if (!data.SequenceEqual(here.AsSpan(0, count)))
            {
                // Counted when it is done: a hash that begins after the count must see it.
                partial.Replace(offset, data);
                Interlocked.Increment(ref _changes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(here);
        }

        lock (_gate) return _compared.Add(offset, offset + data.Length);
    }

    /// <summary>Says that a range has been compared as far as it will be.</summary>
    public void Settle() => _progress.Raise();

    /// <summary>Is done when so many changes were made and the range with the last of them is over, or when all has been compared.</summary>
    public async Task WhenChangedAsync(int changes, CancellationToken cancel)
    {
        while (true)
        {
            var progress = _progress.Next;
            if (Changes >= changes || IsComplete) return;
            await progress.WaitAsync(cancel).ConfigureAwait(false);
        }
    }
}
