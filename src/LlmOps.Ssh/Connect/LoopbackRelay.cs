using System.Net;
using System.Net.Sockets;
using LlmOps.Rigs;

namespace LlmOps.Ssh.Connect;

/// <summary>
/// Gives SSH.NET, which connects by address only, a connection that runs through a jump host: one loopback port that takes one caller after the other, since an
/// attempt is repeated once an unknown key is accepted. Whoever else would call it could only talk to the next SSH server, which trusts nobody unproven.
/// </summary>
internal sealed class LoopbackRelay : IAsyncDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly DuplexStream _first;
    private readonly Func<CancellationToken, Task<DuplexStream>> _again;
    private readonly Task _running;

    /// <summary>Begins to listen.</summary>
    /// <param name="first">The connection that the first caller gets; owned by the relay.</param>
    /// <param name="again">Opens another one for the next.</param>
    public LoopbackRelay(DuplexStream first, Func<CancellationToken, Task<DuplexStream>> again)
    {
        _first = first;
        _again = again;
        _listener.Start(1);
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _running = RunAsync();
    }

    /// <summary>The loopback port.</summary>
    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        DuplexStream? far = _first;
        try
        {
            while (true)
            {
                using var near = await _listener.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false);
                far ??= await _again(_stop.Token).ConfigureAwait(false);
                await JoinAsync(near, far).ConfigureAwait(false);
                far = null;
            }
        }
        finally
        {
            far?.Abort();
            _listener.Stop();
        }
    }

    private async Task JoinAsync(TcpClient near, DuplexStream far)
    {
        near.NoDelay = true;
        var stream = near.GetStream();
        var back = far.CopyToAsync(stream, BufferSize, _stop.Token);
        var forth = stream.CopyToAsync(far, BufferSize, _stop.Token);
        await Task.WhenAny(back, forth).ConfigureAwait(false); // SSH never half-closes: the end of one way is the end of both
        near.Close();
        far.Abort();
        await Task.WhenAll(back, forth).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
