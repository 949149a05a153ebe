using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LlmOps.Ssh.Connect;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Messages;
using Renci.SshNet.Messages.Connection;

namespace LlmOps.Ssh.Session;

/// <summary>
/// Our channels on one SSH.NET session. Messages are found their channel by number, so that a thousand channels cost no more per message
/// than one; they arrive on the session's own thread, on which nothing here waits.
/// </summary>
internal sealed class SshMultiplexer
{
    private const uint FirstNumber = 1 << 20; // SSH.NET counts its own channels from 0

    private static readonly byte[] Keepalive = Encoding.ASCII.GetBytes("keepalive@openssh.com");

    private readonly Renci.SshNet.Session _session;
    private readonly ConcurrentDictionary<uint, SshChannel> _channels = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _gate = new();
    private uint _lastNumber = FirstNumber;
    private Exception? _reason;
    private bool _readsDirectly;

    public SshMultiplexer(BaseClient client)
    {
        _session = SshInternals.SessionOf(client);
        _session.ErrorOccured += (_, e) => Fail(e.Exception);
        _session.Disconnected += (_, _) => Fail(new IOException("The server has ended the connection."));
        _session.RequestSuccessReceived += (_, _) => Heard?.Invoke();
        _session.RequestFailureReceived += (_, _) => Heard?.Invoke();
        _session.ChannelOpenConfirmationReceived += (_, e) =>
        {
            ReadDirectly();
            Find(e.Message.LocalChannelNumber)?.OnOpened(e.Message);
        };
        _session.ChannelOpenFailureReceived += (_, e) => Take(e.Message.LocalChannelNumber)?.OnRefused(e.Message.Description);
        _session.ChannelWindowAdjustReceived += (_, e) => Find(e.Message.LocalChannelNumber)?.OnWindow(e.Message.BytesToAdd);
        _session.ChannelDataReceived += (_, e) =>
        {
            Heard?.Invoke();
            Find(e.Message.LocalChannelNumber)?.Output.Add(e.Message.Data.AsSpan(e.Message.Offset, e.Message.Size));
        };
        _session.ChannelExtendedDataReceived += (_, e) => Find(e.Message.LocalChannelNumber)?.Error.Add(e.Message.Data);
        _session.ChannelEofReceived += (_, e) => Find(e.Message.LocalChannelNumber)?.OnEof();
        _session.ChannelCloseReceived += (_, e) => Take(e.Message.LocalChannelNumber)?.OnClose();
        _session.ChannelRequestReceived += (_, e) => Find(e.Message.LocalChannelNumber)?.OnRequest(e.Message);
        _session.ChannelSuccessReceived += (_, e) => Find(e.Message.LocalChannelNumber)?.OnReply(true);
        _session.ChannelFailureReceived += (_, e) => Find(e.Message.LocalChannelNumber)?.OnReply(false);
        if (!_session.IsConnected) Fail(new IOException("The connection has ended."));
    }

    /// <summary>Called when the server shows that it lives.</summary>
    public event Action? Heard;

    /// <summary>Goes on with what waited for an answer of the server.</summary>
    public AnswerQueue Answers { get; } = new();

    /// <summary>Is cancelled when the session is gone.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>The address at the other end of the TCP connection, or null when it is gone.</summary>
    public IPAddress? PeerAddress
    {
        get
        {
            try
            {
                return SshInternals.SocketOf(_session)?.RemoteEndPoint is IPEndPoint peer ? peer.Address.IsIPv4MappedToIPv6 ? peer.Address.MapToIPv4() : peer.Address : null;
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                return null;
            }
        }
    }

    /// <summary>What ended the session, or null.</summary>
    public Exception? Reason => _reason;

    /// <summary>A new channel, not opened yet.</summary>
    public SshChannel NewChannel()
    {
        lock (_gate)
        {
            if (_reason is not null) throw new IOException(_reason.Message, _reason);
            var channel = new SshChannel(this, ++_lastNumber);
            _channels[channel.Number] = channel;
            return channel;
        }
    }

    /// <summary>Forgets a channel of which the server was never told.</summary>
    /// <param name="channel">The channel.</param>
    public void Forget(SshChannel channel) => Take(channel.Number);

    /// <summary>Sends a message; blocks only while the socket is full.</summary>
    /// <exception cref="IOException">The session is gone.</exception>
    public void Send(Message message)
    {
        if (_reason is { } reason) throw new IOException(reason.Message, reason);
        try
        {
            SshInternals.SendMessage(_session, message);
        }
        catch (Exception broken) when (broken is SshException or SocketException or ObjectDisposedException or NullReferenceException)
        {
            throw new IOException(broken.Message, broken); // SSH.NET dereferences its socket after another thread has taken it away
        }
    }

    /// <summary>Sends a message; while the socket is full, or a thousand send at once, one thread waits and everybody else without any.</summary>
    /// <exception cref="IOException">The session is gone.</exception>
    public async ValueTask SendInTurnAsync(Message message, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            Send(message);
            if (!_readsDirectly) SocketTuning.AcknowledgeNow(SshInternals.SocketOf(_session));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends a message for which it does not matter whether the session still lives.</summary>
    public void TrySend(Message message)
    {
        try
        {
            Send(message);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Asks the server for a sign of life; every server must answer a global request, if only to refuse it (RFC 4254 §4).</summary>
    public void Probe() => TrySend(SshInternals.NewGlobalRequest(Keepalive, wantReply: true));

    /// <summary>Gives a broken session up, with everything on it.</summary>
    public void Fail(Exception reason)
    {
        if (!Begin(reason)) return;
        CloseSocket(); // first: a sender that is stuck in it may hold what the end of its channel needs
        EndChannels(reason);
    }

    /// <summary>Ends everything on the session; what was sent before still goes out.</summary>
    public void End(Exception reason)
    {
        if (Begin(reason)) EndChannels(reason);
    }

    /// <summary>Takes the connection away at once. A sender may be stuck in the socket with SSH.NET's locks held; only the socket itself can free it.</summary>
    public void CloseSocket() => SshInternals.SocketOf(_session)?.Close(0);

    // On the thread that reads, and before any channel is open: so nobody waits for the socket, neither to read nor, as long as no data go out, to write.
    // Nothing is asked of the server for it: its answer would hold back the one that follows (SocketTuning.AcknowledgeNow).
    private void ReadDirectly()
    {
        if (_readsDirectly) return;
        _readsDirectly = true;
        SocketTuning.ReadDirectly(SshInternals.SocketOf(_session));
    }

    /// <summary>False if it has begun before. Before any channel ends, so that whoever meets the failure of a stream can tell that the whole connection is gone.</summary>
    private bool Begin(Exception reason)
    {
        lock (_gate)
        {
            if (_reason is not null) return false;
            _reason = reason;
        }

        _ = _lost.CancelAsync();
        return true;
    }

    private void EndChannels(Exception reason)
    {
        foreach (var channel in _channels.Values) channel.End(reason);
        _channels.Clear();
    }

    private SshChannel? Find(uint number) => _channels.GetValueOrDefault(number);

    private SshChannel? Take(uint number) => _channels.TryRemove(number, out var channel) ? channel : null;
}
