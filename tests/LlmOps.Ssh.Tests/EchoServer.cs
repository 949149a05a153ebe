using System.Net;
using System.Net.Sockets;

namespace LlmOps.Ssh.Tests;

/// <summary>A TCP server on loopback that does with each connection what the test says.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public EchoServer(Func<NetworkStream, Socket, Task>? serve = null)
    {
        _listener.Start(512);
        _accepting = AcceptAsync(serve ?? (static (stream, _) => stream.CopyToAsync(stream)));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<NetworkStream, Socket, Task> serve)
    {
        while (true) _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token), serve);
    }

    private static async Task ServeAsync(Socket socket, Func<NetworkStream, Socket, Task> serve)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await serve(stream, socket);
        }
        catch (IOException)
        {
        }
    }
}
