using Microsoft.Win32.SafeHandles;

namespace LlmOps.Hub;

/// <summary>
/// The state file of a partial file. Two slots are written in turn, each after the data that it claims has reached the disk: they count
/// after a loss of power. A third is written all the time without waiting for the disk: it counts when only the process has died, since
/// the system then still has what was written. It names the boot that it belongs to; a system that tells no boot has no third slot.
/// </summary>
internal sealed class PartialFileJournal(string path, string etag, long size) : IDisposable
{
    private const int LiveSlot = 2;
    private const int SlotCount = 3;

    private readonly Lock _gate = new();
    private readonly Lock _flushing = new();
    private SafeFileHandle? _file;
    private bool _isOver;
    private long _sequence;
    private int _durableSlot;

    /// <summary>True if what was saved counts after the death of the process before it has reached the disk.</summary>
    public static bool KeepsLive => SystemBoot.Id is not null;

    /// <summary>What has arrived, as far as it can be trusted; empty if nothing can.</summary>
    public static IReadOnlyList<(long Start, long End)> Read(string path, string etag, long size) => Newest(ReadSlots(path, etag, size))?.Received ?? [];

    /// <summary>Reads what an earlier run has left, and counts on from it.</summary>
    public IReadOnlyList<(long Start, long End)> Open()
    {
        var slots = ReadSlots(path, etag, size);
        if (Newest(slots) is not { } state) return [];
        _sequence = slots.Max(slot => slot?.Sequence ?? 0);
        _durableSlot = (slots[0]?.Sequence ?? 0) > (slots[1]?.Sequence ?? 0) ? 1 : 0; // the older one
        return state.Received;
    }

    /// <summary>The number of a state that is taken now. Of two states the one with the higher number is the newer, whichever is written first.</summary>
    public long Number() => Interlocked.Increment(ref _sequence);

    /// <summary>Keeps what has arrived for the case that this process dies.</summary>
    public void SaveLive(IReadOnlyList<(long Start, long End)> received)
    {
        if (SystemBoot.Id is { } boot) Save(LiveSlot, Number(), boot, received);
    }

    /// <summary>Keeps what has reached the disk. It takes as long as the disk does; live saves go on meanwhile.</summary>
    /// <param name="received">What has reached it.</param>
    /// <param name="number">The <see cref="Number"/> from when that was looked at.</param>
    public void SaveDurable(IReadOnlyList<(long Start, long End)> received, long number)
    {
        lock (_flushing)
        {
            if (Save(_durableSlot, number, Guid.Empty, received) is not { } file) return;
            try
            {
                RandomAccess.FlushToDisk(file);
            }
            catch (ObjectDisposedException)
            {
                return; // It was deleted meanwhile.
            }

            _durableSlot = 1 - _durableSlot;
        }
    }

    /// <summary>Deletes the state.</summary>
    public void Delete()
    {
        Dispose();
        File.Delete(path);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            _file?.Dispose();
            _file = null;
        }
    }

    private static PartialFileState? Newest(PartialFileState?[] slots) =>
        slots.Where(state => state is not null && (state.Boot == Guid.Empty || state.Boot == SystemBoot.Id)).MaxBy(state => state!.Sequence);

    private static PartialFileState?[] ReadSlots(string path, string etag, long size)
    {
        var slots = new PartialFileState?[SlotCount];
        if (!File.Exists(path)) return slots;
        try
        {
            var bytes = new byte[SlotCount * PartialFileState.SlotSize];
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.Read(file, bytes, 0);
            for (var slot = 0; slot < SlotCount; slot++) slots[slot] = PartialFileState.Decode(bytes.AsSpan(slot * PartialFileState.SlotSize, PartialFileState.SlotSize), etag, size);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            // Then nothing is known of the file, and it is fetched.
        }

        return slots;
    }

    private SafeFileHandle? Save(int slot, long number, Guid boot, IReadOnlyList<(long Start, long End)> received)
    {
        lock (_gate)
        {
            if (_isOver) return null;
            _file ??= File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.Write(_file, new PartialFileState(number, boot, etag, size, received).Encode(), slot * PartialFileState.SlotSize);
            return _file;
        }
    }
}
