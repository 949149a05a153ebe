using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>
/// Sends chunks of the size of an engine's server-sent event, 200 a second on each connection, the connections spread over the interval. A
/// chunk begins with the time at which it was sent. One thread, so that the load is the same for every contestant.
/// </summary>
internal sealed class TokenPacer : IDisposable
{
    /// <summary>The bytes of a chunk: vLLM's event for one token with its usual fields.</summary>
    public const int ChunkSize = 240;

    /// <summary>Chunks a second on each connection.</summary>
    public const int Rate = 200;

    private static readonly long Interval = Stopwatch.Frequency / Rate;

    private readonly List<Stream> _streams = [];
    private readonly Thread _thread;
    private volatile bool _ended;

    public TokenPacer()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "pacer" };
        _thread.Start();
    }

    /// <summary>Sends so many chunks on a connection.</summary>
    public Task SendAsync(Socket client, int chunks)
    {
        var stream = new Stream(client, chunks);
        lock (_streams)
        {
            stream.Due = Stopwatch.GetTimestamp() + Random.Shared.NextInt64(Interval);
            _streams.Add(stream);
        }

        return stream.Done.Task;
    }

    public void Dispose() => _ended = true;

    private void Run()
    {
        var chunk = new byte[ChunkSize];
        while (!_ended)
        {
            lock (_streams)
            {
                for (var at = _streams.Count - 1; at >= 0; at--)
                {
                    var stream = _streams[at];
                    while (stream.Left > 0 && Stopwatch.GetTimestamp() is var now && stream.Due <= now)
                    {
                        BinaryPrimitives.WriteInt64LittleEndian(chunk, now);
                        stream.Send(chunk);
                        stream.Due += Interval;
                        if (now - stream.Due > Interval * 20) stream.Due = now; // what could not be sent in time is not sent in a burst
                    }

                    if (stream.Left > 0) continue;
                    _streams.RemoveAt(at);
                    stream.Done.TrySetResult();
                }
            }

            Thread.Sleep(1);
        }
    }

    private sealed class Stream(Socket client, int chunks)
    {
        public long Due { get; set; }

        public int Left { get; private set; } = chunks;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Send(byte[] chunk)
        {
            Left--;
            try
            {
                client.Send(chunk);
            }
            catch (SocketException)
            {
                Left = 0;
            }
        }
    }
}
