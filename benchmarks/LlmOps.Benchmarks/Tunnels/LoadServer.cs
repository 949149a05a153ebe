using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>What stands behind the ways: each connection says in its first nine bytes what it wants of how many bytes or chunks.</summary>
internal sealed class LoadServer : IDisposable
{
    /// <summary>Sends so many bytes.</summary>
    public const byte Send = 1;

    /// <summary>Takes so many bytes and answers with one.</summary>
    public const byte Take = 2;

    /// <summary>Sends so many chunks, paced.</summary>
    public const byte Pace = 3;

    /// <summary>Answers with one byte and waits for the end.</summary>
    public const byte Greet = 4;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public LoadServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(4096);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Sends the chunks of all paced connections.</summary>
    public TokenPacer Pacer { get; } = new();

    /// <summary>Asks for something over a new connection to a port.</summary>
    public static async Task<Socket> AskAsync(int port, byte what, long count)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Request(what, count));
        return socket;
    }

    /// <summary>Asks for something over a new connection to a port, which is then read synchronously: .NET watches only sockets that were ever waited for without a thread.</summary>
    public static Socket Ask(int port, byte what, long count)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        socket.Send(Request(what, count));
        return socket;
    }

    public void Dispose()
    {
        _listener.Dispose();
        Pacer.Dispose();
    }

    private static byte[] Request(byte what, long count)
    {
        var request = new byte[9];
        request[0] = what;
        BinaryPrimitives.WriteInt64LittleEndian(request.AsSpan(1), count);
        return request;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            client.NoDelay = true;
            var request = new byte[9];
            for (var got = 0; got < request.Length;)
            {
                var read = await client.ReceiveAsync(request.AsMemory(got));
                if (read == 0) return;
                got += read;
            }

            var count = BinaryPrimitives.ReadInt64LittleEndian(request.AsSpan(1));
            switch (request[0])
            {
                case Send:
                    await SendAsync(client, count);
                    break;
                case Take:
                    await TakeAsync(client, count);
                    break;
                case Pace:
                    await Pacer.SendAsync(client, (int)count);
                    break;
                default:
                    await client.SendAsync(new byte[1]);
                    while (await client.ReceiveAsync(request) > 0)
                    {
                    }

                    break;
            }

            client.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
        }
        finally
        {
            client.Dispose();
        }
    }

    private static async Task SendAsync(Socket client, long count)
    {
        var block = new byte[256 * 1024];
        Random.Shared.NextBytes(block);
        while (count > 0) count -= await client.SendAsync(block.AsMemory(0, (int)Math.Min(count, block.Length)));
    }

    private static async Task TakeAsync(Socket client, long count)
    {
        var block = new byte[256 * 1024];
        while (count > 0)
        {
            var read = await client.ReceiveAsync(block);
            if (read == 0) return;
            count -= read;
        }

        await client.SendAsync(new byte[1]);
    }
}
