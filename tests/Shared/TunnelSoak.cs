using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LlmOps.Testing;

/// <summary>
/// Clients that ask for streams of bytes over and over through a local port, while something cuts the way there. A stream's bytes follow from its seed, so
/// that each client can tell whether it got every byte, and an end too early from an end.
/// </summary>
internal sealed class TunnelSoak
{
    private const int LongestStream = 512 * 1024;
    private const int Piece = 4096;

    private readonly TimeSpan _patience;
    private int _complete;
    private int _failed;
    private int _early;
    private int _wrong;
    private int _hung;

    /// <summary>A soak that has not begun.</summary>
    /// <param name="patience">How long a client waits for the next byte, or for a connection, before the stream counts as hung.</param>
    public TunnelSoak(TimeSpan patience) => _patience = patience;

    /// <summary>Streams of which every byte came, and then the end.</summary>
    public int Complete => _complete;

    /// <summary>Streams whose client saw an error.</summary>
    public int Failed => _failed;

    /// <summary>Streams that ended too early without an error.</summary>
    public int Early => _early;

    /// <summary>Streams with a wrong byte.</summary>
    public int Wrong => _wrong;

    /// <summary>Streams on which nothing came any more.</summary>
    public int Hung => _hung;

    /// <summary>Answers a request for a stream; what stands behind the tunnel.</summary>
    public static async Task ServeAsync(Socket client)
    {
        client.NoDelay = true;
        var request = new byte[8];
        for (var got = 0; got < request.Length;)
        {
            var read = await client.ReceiveAsync(request.AsMemory(got));
            if (read == 0) return;
            got += read;
        }

        var (bytes, left) = Begin(request);
        var piece = new byte[Piece];
        while (left > 0)
        {
            var length = Math.Min(left, Piece);
            bytes.NextBytes(piece.AsSpan(0, length));
            await SocketServer.SendAllAsync(client, piece.AsMemory(0, length));
            left -= length;
            await Task.Delay(5);
        }

        client.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Runs clients until a time is over and then lets each finish its stream.</summary>
    public Task RunAsync(int port, int clients, TimeSpan duration)
    {
        var end = DateTime.UtcNow + duration;
        return Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            while (DateTime.UtcNow < end) await AskAsync(port);
        })));
    }

    /// <summary>How many streams there were, and how they ended.</summary>
    public override string ToString() => $"{_complete + _failed + _early + _wrong + _hung} streams: {_complete} complete byte for byte, {_failed} ended in an error that their client saw, {_early} ended early without one, {_wrong} wrong, {_hung} hung";

    private static (Random Bytes, int Length) Begin(byte[] request) => (new Random(BinaryPrimitives.ReadInt32LittleEndian(request)), BinaryPrimitives.ReadInt32LittleEndian(request.AsSpan(4)));

    private async Task AskAsync(int port)
    {
        using var limit = new CancellationTokenSource(_patience);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), limit.Token);
            var request = new byte[8];
            Random.Shared.NextBytes(request.AsSpan(0, 4));
            BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(4), Random.Shared.Next(LongestStream));
            await socket.SendAsync(request, limit.Token);
            var (bytes, left) = Begin(request);
            var expected = new byte[Piece];
            var got = new byte[Piece];
            while (left > 0)
            {
                var length = Math.Min(left, Piece);
                bytes.NextBytes(expected.AsSpan(0, length));
                for (var filled = 0; filled < length;)
                {
                    limit.CancelAfter(_patience);
                    var read = await socket.ReceiveAsync(got.AsMemory(filled, length - filled), limit.Token);
                    if (read == 0)
                    {
                        Interlocked.Increment(ref _early);
                        return;
                    }

                    filled += read;
                }

                if (!got.AsSpan(0, length).SequenceEqual(expected.AsSpan(0, length)))
                {
                    Interlocked.Increment(ref _wrong);
                    return;
                }

                left -= length;
            }

            if (await socket.ReceiveAsync(got, limit.Token) == 0) Interlocked.Increment(ref _complete);
            else Interlocked.Increment(ref _wrong);
        }
        catch (SocketException)
        {
            Interlocked.Increment(ref _failed);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _hung);
        }
    }
}
