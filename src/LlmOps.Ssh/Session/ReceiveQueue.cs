using System.Buffers;
using System.IO.Pipelines;

namespace LlmOps.Ssh.Session;

/// <summary>
/// What a channel has received and nobody has read yet. Adding never waits, because the channel's window bounds what can be in it; the
/// window is given back only as the reader takes bytes.
/// </summary>
/// <param name="credit">Gives bytes of the window back to the peer.</param>
internal sealed class ReceiveQueue(Action<int> credit)
{
    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: 16 * 1024, readerScheduler: PipeScheduler.ThreadPool, useSynchronizationContext: false));

    private readonly Lock _gate = new();
    private bool _ended;
    private bool _discarding;

    /// <summary>Adds bytes that arrived.</summary>
    public void Add(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            if (_ended) return;
            if (!_discarding)
            {
                _pipe.Writer.Write(data);
                _ = _pipe.Writer.FlushAsync(); // completes at once: there is no threshold
                return;
            }
        }

        credit(data.Length);
    }

    /// <summary>Nothing more arrives: end of file, or a failure that the reader gets.</summary>
    public void End(Exception? failure)
    {
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
            _pipe.Writer.Complete(failure is null ? null : new IOException(failure.Message, failure));
        }
    }

    /// <summary>Nobody will read any more; what still arrives is dropped.</summary>
    public void Discard()
    {
        lock (_gate) _discarding = true;
        _pipe.Reader.CancelPendingRead();
    }

    /// <summary>Reads what is there, waiting for at least one byte; 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        if (buffer.Length == 0) return 0;
        var read = await _pipe.Reader.ReadAsync(cancel).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(read.IsCanceled, this);
        var taken = read.Buffer.Length > buffer.Length ? read.Buffer.Slice(0, buffer.Length) : read.Buffer;
        taken.CopyTo(buffer.Span);
        var count = (int)taken.Length;
        _pipe.Reader.AdvanceTo(taken.End);
        if (count > 0) credit(count);
        return count;
    }
}
