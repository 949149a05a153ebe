using System.Buffers;
using System.IO.Pipelines;
using LlmOps.Rigs;

namespace LlmOps.Ssh.Session;

/// <summary>
/// What a channel has received and nobody has read yet. Adding never waits, because the channel's window bounds what can be in it; the
/// window is given back only as the reader takes bytes. While bytes are carried to a socket and none lie here, they go into the socket
/// on the thread on which they arrive: handing each small packet to another thread would cost more than the packet itself.
/// </summary>
/// <param name="credit">Gives bytes of the window back to the peer.</param>
internal sealed class ReceiveQueue(Action<int> credit)
{
    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: 16 * 1024, readerScheduler: PipeScheduler.ThreadPool, useSynchronizationContext: false));

    private readonly Lock _gate = new();
    private DirectWay? _direct;
    private long _queued;
    private bool _ended;
    private bool _discarding;

    /// <summary>Adds bytes that arrived.</summary>
    public void Add(ReadOnlySpan<byte> data)
    {
        var taken = data.Length;
        lock (_gate)
        {
            if (_ended) return;
            if (!_discarding)
            {
                taken = _direct?.Send(data) ?? 0;
                if (taken < data.Length)
                {
                    _queued += data.Length - taken;
                    _pipe.Writer.Write(data[taken..]);
                    _ = _pipe.Writer.FlushAsync(); // completes at once: there is no threshold
                    LeaveDirectWay();
                }
            }
        }

        if (taken > 0) credit(taken);
    }

    /// <summary>Nothing more arrives: end of file, or a failure that the reader gets.</summary>
    public void End(Exception? failure)
    {
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
            _pipe.Writer.Complete(failure is null ? null : new IOException(failure.Message, failure));
            LeaveDirectWay();
        }
    }

    /// <summary>Nobody will read any more; what still arrives is dropped.</summary>
    public void Discard()
    {
        lock (_gate)
        {
            _discarding = true;
            LeaveDirectWay();
        }

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
        Took(count);
        return count;
    }

    /// <summary>Carries everything to a socket, up to the end of file.</summary>
    public async Task CarryToAsync(SocketDuplexStream to, Action<int> carried)
    {
        while (true)
        {
            await TakeDirectWay(to, carried).ConfigureAwait(false);
            var read = await _pipe.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            ObjectDisposedException.ThrowIf(read.IsCanceled, this);
            foreach (var part in read.Buffer)
            {
                await to.WriteAsync(part, CancellationToken.None).ConfigureAwait(false);
                carried(part.Length);
            }

            var count = (int)read.Buffer.Length;
            _pipe.Reader.AdvanceTo(read.Buffer.End);
            Took(count);
            if (count == 0 && read.IsCompleted) return;
        }
    }

    private void Took(int count)
    {
        if (count == 0) return;
        lock (_gate) _queued -= count;
        credit(count);
    }

    private Task TakeDirectWay(SocketDuplexStream to, Action<int> carried)
    {
        lock (_gate)
        {
            if (_queued > 0 || _ended || _discarding) return Task.CompletedTask;
            _direct = new DirectWay(to, carried);
            return _direct.Left.Task;
        }
    }

    private void LeaveDirectWay()
    {
        _direct?.Left.TrySetResult();
        _direct = null;
    }

    /// <summary>A socket that takes bytes as they arrive, until it is full.</summary>
    private sealed class DirectWay(SocketDuplexStream to, Action<int> carried)
    {
        public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Send(ReadOnlySpan<byte> data)
        {
            var sent = to.TrySend(data);
            if (sent > 0) carried(sent);
            return sent;
        }
    }
}
