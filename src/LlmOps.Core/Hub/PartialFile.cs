using Microsoft.Win32.SafeHandles;

namespace LlmOps.Hub;

/// <summary>
/// A file that is arriving in pieces, in any order, and what of it has arrived. Opened again after an interruption it goes on from there.
/// The bytes are only trusted once the whole file has its hash.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly HubFile _file;
    private readonly long _pieceSize;
    private readonly string _statePath;
    private readonly SafeFileHandle _data;
    private readonly Lock _gate = new();
    private readonly long[] _received;
    private readonly TaskCompletionSource[] _complete;
    private readonly Lock _saving = new();
    private bool _unsaved;
    private bool _closed;

    private PartialFile(HubFile file, string path, string statePath, long pieceSize)
    {
        _file = file;
        _pieceSize = pieceSize;
        Path = path;
        _statePath = statePath;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        _data = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, FileOptions.Asynchronous);
        var state = PartialFileState.Read(statePath, file.ETag, file.Size, pieceSize);
        var length = RandomAccess.GetLength(_data);
        if (length > file.Size) RandomAccess.SetLength(_data, file.Size);
        _received = state?.Received ?? new long[Pieces.Count(file.Size, pieceSize)];
        _complete = new TaskCompletionSource[_received.Length];
        for (var piece = 0; piece < _received.Length; piece++)
        {
            // What lies beyond the end of the data was never written, whatever the state says.
            _received[piece] = Math.Clamp(length - Offset(piece), 0, _received[piece]);
            _complete[piece] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (IsComplete(piece)) _complete[piece].SetResult();
        }
    }

    public string Path { get; }

    public int PieceCount => _received.Length;

    /// <summary>How many bytes of the file have arrived.</summary>
    public long Received
    {
        get
        {
            lock (_gate) return _received.Sum();
        }
    }

    public static PartialFile Open(HubFile file, string path, string statePath, TransferLimits limits) => new(file, path, statePath, PieceSize(file, limits));

    /// <summary>How many bytes of a file have arrived, without opening it.</summary>
    public static long Arrived(HubFile file, string path, string statePath, TransferLimits limits) =>
        File.Exists(path) ? PartialFileState.Read(statePath, file.ETag, file.Size, PieceSize(file, limits))?.Received.Sum() ?? 0 : 0;

    public long Offset(int piece) => piece * _pieceSize;

    public long End(int piece) => Offset(piece) + Pieces.Length(piece, _file.Size, _pieceSize);

    /// <summary>Where the first byte of a piece that is missing lies in the file.</summary>
    public long Next(int piece)
    {
        lock (_gate) return Offset(piece) + _received[piece];
    }

    public bool IsComplete(int piece) => Next(piece) == End(piece);

    /// <summary>Is done when all bytes of a piece have arrived.</summary>
    public Task WhenCompleteAsync(int piece) => _complete[piece].Task;

    /// <summary>Writes bytes that arrived, those of them that were missing until now, and returns how many that were.</summary>
    public async ValueTask<long> WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        var end = offset + data.Length;
        var added = 0L;
        for (var piece = (int)(offset / _pieceSize); piece < PieceCount && Offset(piece) < end; piece++)
        {
            var next = Next(piece);
            var arrived = Math.Min(end, End(piece));
            if (offset > next || arrived <= next) continue;
            await RandomAccess.WriteAsync(_data, data[(int)(next - offset)..(int)(arrived - offset)], next, cancel).ConfigureAwait(false);
            lock (_gate)
            {
                var gained = arrived - Offset(piece) - _received[piece];
                if (gained <= 0) continue;
                _received[piece] += gained;
                added += gained;
                _unsaved = true;
            }

            if (arrived == End(piece)) _complete[piece].TrySetResult();
        }

        return added;
    }

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel) => RandomAccess.ReadAsync(_data, buffer, offset, cancel);

    /// <summary>Forgets all bytes: what arrived was not the file.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            for (var piece = 0; piece < PieceCount; piece++)
            {
                _received[piece] = 0;
                _complete[piece] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            _unsaved = true;
        }

        Save();
    }

    /// <summary>Keeps on disk what has arrived.</summary>
    public void Save()
    {
        lock (_saving)
        {
            if (_closed) return;
            PartialFileState state;
            lock (_gate)
            {
                if (!_unsaved) return;
                _unsaved = false;
                state = new PartialFileState { Format = PartialFileState.CurrentFormat, ETag = _file.ETag, Size = _file.Size, PieceSize = _pieceSize, Received = [.. _received] };
            }

            state.Write(_statePath);
        }
    }

    /// <summary>Flushes the data and closes it for its installation; the state is of no more use.</summary>
    public void Finish()
    {
        RandomAccess.FlushToDisk(_data);
        Close();
        File.Delete(_statePath);
    }

    /// <summary>Keeps what has arrived, and leaves nothing if nothing has.</summary>
    public void Dispose()
    {
        if (_closed) return;
        var isEmpty = Received == 0;
        if (!isEmpty) Save();
        Close();
        if (!isEmpty) return;
        File.Delete(Path);
        File.Delete(_statePath);
    }

    /// <summary>Plain files are one piece: the Hub sends them compressed or whole, whatever range is asked for.</summary>
    private static long PieceSize(HubFile file, TransferLimits limits) => file.IsLarge ? limits.PieceSize : Math.Max(file.Size, 1);

    private void Close()
    {
        lock (_saving) _closed = true;
        _data.Dispose();
    }
}
