using System.Net;
using LlmOps.Rigs;
using LlmOps.Ssh.Messages;
using LlmOps.Ssh.Session;
using Renci.SshNet;

namespace LlmOps.Ssh;

/// <summary>A live SSH connection to a rig.</summary>
internal sealed class SshLink : IRigLink
{
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DisposeLimit = TimeSpan.FromSeconds(2);

    private readonly string _rig;
    private readonly SshClient _client;
    private readonly IAsyncDisposable? _route;
    private readonly TimeProvider _time;
    private readonly SshMultiplexer _mux;
    private readonly LivenessProbe _probe;
    private bool _hadSession;

    /// <summary>Takes over a connected client.</summary>
    /// <param name="rig">The rig's name, for errors.</param>
    /// <param name="client">The client.</param>
    /// <param name="route">What the connection runs over (jump hosts), or null.</param>
    /// <param name="time">The clock of the liveness probe and of the limits.</param>
    public SshLink(string rig, SshClient client, IAsyncDisposable? route, TimeProvider time)
    {
        _rig = rig;
        _client = client;
        _route = route;
        _time = time;
        _mux = new SshMultiplexer(client);
        _probe = new LivenessProbe(_mux, time);
    }

    /// <inheritdoc/>
    public CancellationToken Lost => _mux.Lost;

    /// <inheritdoc/>
    public IPAddress? OutsideAddress => _route is null && _mux.PeerAddress is { } peer && !IPAddress.IsLoopback(peer) ? peer : null;

    /// <inheritdoc/>
    public async Task<IRemoteProcess> StartAsync(string commandLine, CancellationToken cancel)
    {
        _hadSession = true;
        var channel = await OpenAsync(new SessionOpen(), SessionRefused, cancel).ConfigureAwait(false);
        try
        {
            if (!await channel.ExecuteAsync(commandLine, OpenLimit, _time, cancel).ConfigureAwait(false))
                throw _mux.Reason is { } gone ? RigErrors.ConnectionLost(_rig, gone) : SessionRefused("The request to run a command was refused.");
            return new SshProcess(channel);
        }
        catch (Exception failure)
        {
            channel.Close();
            if (failure is IOException or TimeoutException) throw RigErrors.ConnectionLost(_rig, failure);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<DuplexStream> ConnectAsync(string host, int port, CancellationToken cancel)
    {
        if (!_hadSession) _ = QuickenAsync();
        return new ChannelStream(await OpenAsync(new DirectTcpipOpen(host, port), detail => RigErrors.RemotePortRefused(_rig, host, port, detail), cancel).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _probe.DisposeAsync().ConfigureAwait(false);

        // A sender may be stuck in the socket, and SSH.NET's Dispose joins its thread, which has been seen to hang; nothing of ours depends on either any more.
        await Task.Run(() =>
        {
            _mux.End(new ObjectDisposedException(nameof(SshLink)));
            _client.Dispose();
        }).WaitAsync(DisposeLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _mux.CloseSocket();
        if (_route is not null) await _route.DisposeAsync().ConfigureAwait(false);
    }

    // Before 10.1, sshd leaves Nagle's algorithm on until a command has run on the connection, which makes small answers wait 40 ms.
    private async Task QuickenAsync()
    {
        try
        {
            var command = await StartAsync("true", CancellationToken.None).ConfigureAwait(false);
            await command.ExitCode.ConfigureAwait(false);
            await command.DisposeAsync().ConfigureAwait(false);
        }
        catch (LlmOpsException)
        {
            // A server that only forwards ports is slower, and works.
        }
    }

    private async Task<SshChannel> OpenAsync(Renci.SshNet.Messages.Connection.ChannelOpenInfo info, Func<string, LlmOpsException> refused, CancellationToken cancel)
    {
        try
        {
            var channel = _mux.NewChannel();
            await channel.OpenAsync(info, OpenLimit, _time, cancel).ConfigureAwait(false);
            return channel;
        }
        catch (ChannelRefusedException refusal)
        {
            throw refused(refusal.Message);
        }
        catch (TimeoutException) when (_mux.Reason is null)
        {
            throw refused($"No answer within {OpenLimit.TotalSeconds:0} s.");
        }
        catch (Exception broken) when (broken is not OperationCanceledException && (broken is IOException || _mux.Reason is not null))
        {
            // What is sent into a broken connection fails before SSH.NET says that it is broken.
            throw RigErrors.ConnectionLost(_rig, _mux.Reason ?? broken);
        }
    }

    private LlmOpsException SessionRefused(string detail) => SshErrors.SessionRefused(_rig, detail);
}
