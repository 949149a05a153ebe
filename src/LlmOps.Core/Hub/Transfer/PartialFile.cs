using Microsoft.Win32.SafeHandles;

namespace LlmOps.Hub;

/// <summary>
/// A file whose bytes arrive in any order, and what of it has arrived. Opened again after an interruption it goes on from there.
/// The bytes are only trusted once the whole file has its hash.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    /// <summary>A smaller file is fetched again after an interruption: to keep its state would cost more.</summary>
    public const long SmallestKept = 256 * 1024;

    private const long LiveSaveBytes = 1024 * 1024;

    private readonly HubFile _file;
    private readonly SafeFileHandle _data;
    private readonly PartialFileJournal? _journal;
    private readonly Lock _gate = new();
    private readonly Lock _saving = new();
    private readonly ByteRanges _received;
    private long _unsaved;
    private long _unsynced;
    private long _awaited;
    private TaskCompletionSource? _arrival;
    private bool _closed;

    private PartialFile(HubFile file, string path, string statePath)
    {
        _file = file;
        Path = path;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        if (file.Size >= SmallestKept) _journal = new PartialFileJournal(statePath, file.ETag, file.Size);
        else File.Delete(statePath);
        var orphan = _journal is null || File.Exists(path) ? null : OrphanFile.Find(file, path);
        if (orphan is not null) File.Move(orphan, path);
        _data = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var length = RandomAccess.GetLength(_data);
        if (length > file.Size) RandomAccess.SetLength(_data, file.Size);
        _received = orphan is not null ? new ByteRanges([(0, length)]) : Arrived(_journal?.Open() ?? [], length);
        if (orphan is null) return;
        _unsaved = _unsynced = length;
        Save();
    }

    public string Path { get; }

    /// <summary>How many bytes of the file have arrived.</summary>
    public long Received
    {
        get
        {
            lock (_gate) return _received.Total;
        }
    }

    /// <summary>The ranges that have not arrived, in order.</summary>
    public IReadOnlyList<(long Start, long End)> Missing
    {
        get
        {
            lock (_gate) return _received.Missing(0, _file.Size);
        }
    }

    /// <summary>Opens a file's partial data; what a program that died has left of it counts too. The caller holds the file's lock.</summary>
    public static PartialFile Open(HubFile file, string path, string statePath) => new(file, path, statePath);

    /// <summary>How many bytes of a file have arrived, without opening it.</summary>
    public static long Arrived(HubFile file, string path, string statePath)
    {
        if (file.Size < SmallestKept) return 0;
        if (new FileInfo(path) is { Exists: true } data) return Arrived(PartialFileJournal.Read(statePath, file.ETag, file.Size), data.Length).Total;
        return OrphanFile.Find(file, path) is { } orphan ? new FileInfo(orphan).Length : 0;
    }

    /// <summary>The first byte from a place on that has not arrived.</summary>
    public long NextMissing(long from)
    {
        lock (_gate) return _received.NextMissing(from);
    }

    /// <summary>Is done when all bytes before a place have arrived, and gives how far it goes on. One caller at a time.</summary>
    public async Task<long> WhenArrivedAsync(long end, CancellationToken cancel)
    {
        while (true)
        {
            TaskCompletionSource arrival;
            lock (_gate)
            {
                if (_received.Prefix >= end) return _received.Prefix;
                _awaited = end;
                arrival = _arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            await arrival.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Writes bytes that arrived, those of them that were missing until now, and returns how many that were.</summary>
    public long Write(long offset, ReadOnlySpan<byte> data)
    {
        IReadOnlyList<(long Start, long End)> missing;
        lock (_gate) missing = _received.Missing(offset, offset + data.Length);
        var added = 0L;
        foreach (var (start, end) in missing)
        {
            RandomAccess.Write(_data, data[(int)(start - offset)..(int)(end - offset)], start);
            lock (_gate)
            {
                added += _received.Add(start, end);
                if (_arrival is null || _received.Prefix < _awaited) continue;
                _arrival.SetResult();
                _arrival = null;
            }
        }

        Interlocked.Add(ref _unsynced, added);
        if (Interlocked.Add(ref _unsaved, added) >= LiveSaveBytes) Save();
        return added;
    }

    /// <summary>Replaces bytes that were here but are not those that they should be.</summary>
    public void Replace(long offset, ReadOnlySpan<byte> data)
    {
        RandomAccess.Write(_data, data, offset);
        Interlocked.Add(ref _unsynced, data.Length);
    }

    public int Read(long offset, Span<byte> buffer) => RandomAccess.Read(_data, buffer, offset);

    /// <summary>Keeps what has arrived for the case that this process dies; cheap enough for a hundred times a second. Nothing is done while another thread does it.</summary>
    public void Save()
    {
        if (!_saving.TryEnter()) return;
        try
        {
            SaveLive();
        }
        finally
        {
            _saving.Exit();
        }
    }

    /// <summary>Brings what has arrived to the disk, and then the state that says so.</summary>
    public void Sync()
    {
        if (_journal is null || Interlocked.Exchange(ref _unsynced, 0) == 0) return;
        var number = _journal.Number();
        var received = Snapshot();
        try
        {
            RandomAccess.FlushToDisk(_data);
        }
        catch (ObjectDisposedException)
        {
            return; // It was finished or given up meanwhile.
        }

        _journal.SaveDurable(received, number);
    }

    /// <summary>Brings all of it to the disk before it is installed. Who stops waiting for that may close the file.</summary>
    public Task FlushAsync(CancellationToken cancel) =>
        _journal is null ? Task.CompletedTask : Task.Run(() => RandomAccess.FlushToDisk(_data), CancellationToken.None).WaitAsync(cancel);

    /// <summary>Closes the file for its installation; the state is of no more use.</summary>
    public void Finish()
    {
        Close();
        _journal?.Delete();
    }

    /// <summary>Deletes all: what arrived is not the file.</summary>
    public void Discard()
    {
        Close();
        File.Delete(Path);
        _journal?.Delete();
    }

    /// <summary>Keeps what has arrived, and leaves nothing if nothing is worth it.</summary>
    public void Dispose()
    {
        if (_closed) return;
        if (_journal is null || Received == 0)
        {
            Discard();
            return;
        }

        try
        {
            if (!PartialFileJournal.KeepsLive) Sync();
            lock (_saving) SaveLive();
        }
        finally
        {
            Close();
            _journal.Dispose();
        }
    }

    private static ByteRanges Arrived(IEnumerable<(long Start, long End)> ranges, long length) =>
        // What lies beyond the end of the data was never written, whatever the state says.
        new(ranges.Select(range => (range.Start, Math.Min(range.End, length))));

    private void SaveLive()
    {
        if (_closed || _journal is null || Interlocked.Exchange(ref _unsaved, 0) == 0) return;
        _journal.SaveLive(Snapshot());
    }

    private (long Start, long End)[] Snapshot()
    {
        lock (_gate) return [.. _received.Items];
    }

    private void Close()
    {
        lock (_saving) _closed = true;
        _data.Dispose();
    }
}
