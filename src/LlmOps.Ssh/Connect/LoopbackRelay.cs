using System.Net;
using System.Net.Sockets;
using LlmOps.Rigs;

namespace LlmOps.Ssh.Connect;

/// <summary>
/// Gives SSH.NET, which connects by address only, a connection that runs through a jump host: one loopback port that takes one caller.
/// Whoever else would call it first could only talk to the next SSH server, which trusts nobody unproven.
/// </summary>
internal sealed class LoopbackRelay : IAsyncDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly DuplexStream _far;
    private readonly Task _running;

    /// <summary>Begins to listen.</summary>
    /// <param name="far">The connection that the caller gets; owned by the relay.</param>
    public LoopbackRelay(DuplexStream far)
    {
        _far = far;
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
        try
        {
            using var near = await _listener.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false);
            _listener.Stop();
            near.NoDelay = true;
            var stream = near.GetStream();
            var back = _far.CopyToAsync(stream, BufferSize, _stop.Token);
            var forth = stream.CopyToAsync(_far, BufferSize, _stop.Token);
            await Task.WhenAny(back, forth).ConfigureAwait(false); // SSH never half-closes: the end of one way is the end of both
            near.Close();
            _far.Abort();
            await Task.WhenAll(back, forth).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            _far.Abort();
        }
    }
}
