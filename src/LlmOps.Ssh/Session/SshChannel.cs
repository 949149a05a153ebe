using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LlmOps.Ssh.Messages;
using Renci.SshNet.Messages.Connection;

namespace LlmOps.Ssh.Session;

/// <summary>One channel of an SSH connection (RFC 4254 §5): both windows, both ends of file, the close handshake. No thread waits for it.</summary>
internal sealed class SshChannel
{
    /// <summary>How much the peer may send before the reader takes any. Speed over a long way is this by the round trip: 16 MiB at 100 ms is 160 MB/s.</summary>
    public const uint ReceiveWindow = 16 * 1024 * 1024;

    /// <summary>The longest data message that we take; SSH.NET's packets end at 68,536 bytes.</summary>
    public const uint MaxPacket = 64 * 1024;

    private const int CreditStep = 512 * 1024;
    private const int LongestInlineWrite = 16 * 1024;

    private readonly SshMultiplexer _mux;
    private readonly Lock _gate = new();
    private readonly SendWindow _window = new();
    private readonly TaskCompletionSource _opened = new(); // only the queue of answers completes it
    private readonly TaskCompletionSource<int?> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<bool>? _reply;
    private uint _remote;
    private int _packet = 32 * 1024;
    private int _owed;
    private bool _open;
    private bool _eofSent;
    private bool _closeWanted;
    private bool _closeDue;
    private bool _closeSent;
    private int _sending;

    public SshChannel(SshMultiplexer mux, uint number)
    {
        _mux = mux;
        Number = number;
        Output = new ReceiveQueue(Credit);
        Error = new ReceiveQueue(Credit);
    }

    /// <summary>Our number of the channel.</summary>
    public uint Number { get; }

    /// <summary>The data of the channel: a connection's bytes, or a command's standard output.</summary>
    public ReceiveQueue Output { get; }

    /// <summary>The extended data of the channel: a command's standard error.</summary>
    public ReceiveQueue Error { get; }

    /// <summary>The exit code of the command, when it has ended; null for a signal or a lost connection.</summary>
    public Task<int?> Exit => _exit.Task;

    /// <summary>Opens the channel; a wait that is given up closes it when the answer comes.</summary>
    public async Task OpenAsync(ChannelOpenInfo info, TimeSpan limit, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            await _mux.SendInTurnAsync(new ChannelOpenMessage(Number, ReceiveWindow, MaxPacket, info), cancel).ConfigureAwait(false);
        }
        catch
        {
            _mux.Forget(this); // never asked for, so no answer takes it away
            throw;
        }

        try
        {
            await _opened.Task.WaitAsync(limit, time, cancel).ConfigureAwait(false);
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Runs a command in a session channel; false if the server won't.</summary>
    public async Task<bool> ExecuteAsync(string command, TimeSpan limit, TimeProvider time, CancellationToken cancel)
    {
        var reply = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _reply = reply;
        await _mux.SendInTurnAsync(new ChannelRequestMessage(_remote, new ExecRequest(command)), cancel).ConfigureAwait(false);
        return await reply.Task.WaitAsync(limit, time, cancel).ConfigureAwait(false);
    }

    /// <summary>Sends bytes as the peer's window allows.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_eofSent || _closeWanted, this);
        if (!MemoryMarshal.TryGetArray(data, out var source)) source = data.ToArray();

        // A long write waits for the socket, which a thread that is not the pool's must not.
        if (source.Count > LongestInlineWrite && !Thread.CurrentThread.IsThreadPoolThread) await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (source.Count > 0)
        {
            var count = await _window.TakeAsync(Math.Min(source.Count, _packet), cancel).ConfigureAwait(false);
            await SendAsync(source[..count], cancel).ConfigureAwait(false);
            source = source[count..];
        }
    }

    /// <summary>Tells the peer that no more bytes come.</summary>
    public void SendEof()
    {
        lock (_gate)
        {
            if (!_open || _eofSent || _closeSent) return;
            _eofSent = true;
            _mux.TrySend(new ChannelEofMessage(_remote));
        }
    }

    /// <summary>Ends the channel both ways; what still arrives is dropped.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closeWanted = true;
            SendClose();
        }

        Output.Discard();
        Error.Discard();
        _window.Fail(new ObjectDisposedException(nameof(SshChannel)));
    }

    public void OnOpened(ChannelOpenConfirmationMessage message)
    {
        lock (_gate)
        {
            _remote = message.RemoteChannelNumber;
            _packet = (int)Math.Clamp(message.MaximumPacketSize, 1, MaxPacket / 2);
            _open = true;
            if (_closeWanted) SendClose();
        }

        _window.Add(message.InitialWindowSize);
        _mux.Answers.Add(_opened);
    }

    public void OnRefused(string reason) => End(new ChannelRefusedException(reason));

    public void OnWindow(uint bytes) => _window.Add(bytes);

    public void OnEof()
    {
        Output.End(null);
        Error.End(null);
    }

    public void OnClose()
    {
        OnEof();
        lock (_gate) SendClose();
        End(new IOException("The other side has closed the channel."));
    }

    public void OnReply(bool granted) => Interlocked.Exchange(ref _reply, null)?.TrySetResult(granted);

    public void OnRequest(ChannelRequestMessage message)
    {
        var data = message.RequestData;
        if (message.RequestName == "exit-status" && data.Length >= 5) _exit.TrySetResult(BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(1)));
        else if (message.RequestName == "exit-signal") _exit.TrySetResult(null);
        else if (data is [not 0, ..]) _mux.TrySend(new ChannelFailureMessage(_remote)); // such as OpenSSH's keepalive, which wants any reply
    }

    /// <summary>Ends everything that waits on the channel.</summary>
    public void End(Exception reason)
    {
        lock (_gate) _open = false;
        if (!_opened.Task.IsCompleted) _mux.Answers.Add(_opened, reason);
        _window.Fail(reason);
        Output.End(reason);
        Error.End(reason);
        _exit.TrySetResult(null);
        OnReply(false);
    }

    /// <summary>Sends a piece; while it is on its way, no close overtakes it.</summary>
    private async ValueTask SendAsync(ArraySegment<byte> piece, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (!_open || _closeWanted || _closeDue) throw new IOException("The channel is closed.");
            _sending++;
        }

        try
        {
            await _mux.SendInTurnAsync(new ChannelDataMessage(_remote, piece.Array!, piece.Offset, piece.Count), cancel).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _sending--;
                if (_closeDue) SendClose();
            }
        }
    }

    /// <summary>A close is a channel's last message: sshd ends the whole connection for data that come after it.</summary>
    private void SendClose()
    {
        if ((!_open && !_closeDue) || _closeSent) return;
        _closeDue = true;
        if (_sending > 0) return; // whoever sends last sends it
        _closeSent = true;
        _mux.TrySend(new ChannelCloseMessage(_remote));
    }

    private void Credit(int bytes)
    {
        uint due;
        lock (_gate)
        {
            _owed += bytes;
            if (_owed < CreditStep || !_open || _closeSent) return;
            due = (uint)_owed;
            _owed = 0;
        }

        // Not here: this may be the thread on which everything arrives, and sending may wait for the socket.
        ThreadPool.UnsafeQueueUserWorkItem(static message => message.Mux.TrySend(message.Adjust), (Mux: _mux, Adjust: new ChannelWindowAdjustMessage(_remote, due)), preferLocal: false);
    }
}
