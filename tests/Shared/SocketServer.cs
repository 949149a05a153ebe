using System.Net;
using System.Net.Sockets;

namespace LlmOps.Testing;

/// <summary>A TCP server on loopback that runs one piece of code for each client.</summary>
internal sealed class SocketServer : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _clients;

    public SocketServer(Func<Socket, Task> serve, IPAddress? address = null)
    {
        _socket.Bind(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        _socket.Listen(512);
        _accepting = Task.Run(async () =>
        {
            while (true)
            {
                var client = await _socket.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _clients);
                _ = Task.Run(async () =>
                {
                    using (client)
                    {
                        try
                        {
                            await serve(client);
                        }
                        catch (SocketException)
                        {
                        }
                    }
                });
            }
        });
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public int Clients => Volatile.Read(ref _clients);

    public static async Task EchoAsync(Socket client)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await client.ReceiveAsync(buffer)) > 0) await SendAllAsync(client, buffer.AsMemory(0, read));
        client.Shutdown(SocketShutdown.Send);
    }

    public static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes)..];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _accepting.ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
