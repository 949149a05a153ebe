using System.Net;
using System.Net.Sockets;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Simulator.Http;

/// <summary>
/// A small HTTP/1.1 server on one loopback address. System.Net's HttpListener answers only requests whose Host header names its own port,
/// which those that come through a tunnel do not; and it can't listen before it serves, which vLLM does.
/// </summary>
internal sealed class HttpServer : IDisposable
{
    private readonly Socket _socket;
    private readonly Func<HttpExchange, CancellationToken, Task> _handle;

    /// <summary>Takes the port: connections succeed from now on, and wait.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public HttpServer(IPAddress address, int port, Func<HttpExchange, CancellationToken, Task> handle)
    {
        _handle = handle;
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        LoopbackPort.AllowAfterClose(_socket);
        _socket.Bind(new IPEndPoint(address, port));
        _socket.Listen(512);
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Serves until it is cancelled; requests under way then end too.</summary>
    public async Task ServeAsync(CancellationToken cancel)
    {
        try
        {
            while (true) _ = ServeConnectionAsync(await _socket.AcceptAsync(cancel).ConfigureAwait(false), cancel);
        }
        catch (OperationCanceledException)
        {
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ServeConnectionAsync(Socket socket, CancellationToken cancel)
    {
        socket.NoDelay = true;
        var stream = new NetworkStream(socket, ownsSocket: true);
        await using (stream.ConfigureAwait(false))
            try
            {
                var remote = (IPEndPoint)socket.RemoteEndPoint!;
                var reader = new HttpRequestReader(stream);
                while (await reader.ReadAsync(cancel).ConfigureAwait(false) is { } request)
                {
                    await _handle(new HttpExchange(request, remote, stream), cancel).ConfigureAwait(false);
                    if (request.WantsClose) break;
                }
            }
            catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException or InvalidDataException or FormatException or ObjectDisposedException)
            {
                // the peer went away or does not speak HTTP: this connection ends, the others go on
            }
    }
}
