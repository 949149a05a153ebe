using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>
/// Reads many paced streams and times each chunk. One thread, which waits in the system call for all of them: a task a stream would wake threads of .NET's pool for every chunk, which look out
/// for more work for longer than a chunk takes, on the processors on which the ways are measured.
/// </summary>
internal sealed class PacedReader
{
    private readonly IWay _way;
    private readonly Dictionary<Socket, PacedStream> _streams = [];

    private PacedReader(IWay way) => _way = way;

    /// <summary>Reads so many chunks of each of so many streams.</summary>
    /// <returns>The delay of each chunk in milliseconds, by stream.</returns>
    public static Task<IReadOnlyList<double[]>> ReadAsync(IWay way, int streams, int chunks) =>
        Task.Factory.StartNew(() => new PacedReader(way).Read(streams, chunks), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private IReadOnlyList<double[]> Read(int streams, int chunks)
    {
        for (var stream = 0; stream < streams; stream++) _streams.Add(LoadServer.Ask(_way.Port, LoadServer.Pace, chunks), new PacedStream(chunks));
        IReadOnlyList<double[]> delays = [.. _streams.Values.Select(stream => stream.Delays)];
        while (_streams.Count > 0)
        {
            var ready = _streams.Keys.ToList();
            Socket.Select(ready, null, null, Timeout.InfiniteTimeSpan);
            foreach (var socket in ready)
            {
                var stream = _streams[socket];
                if (!stream.Receive(socket)) throw new InvalidOperationException($"{_way.Name}: {stream.Missing} chunks are missing.");
                if (stream.Missing > 0) continue;
                _streams.Remove(socket);
                socket.Dispose();
            }
        }

        return delays;
    }

    private sealed class PacedStream(int chunks)
    {
        private readonly byte[] _buffer = new byte[TokenPacer.ChunkSize * 64];
        private int _filled;

        public double[] Delays { get; } = new double[chunks];

        public int Missing { get; private set; } = chunks;

        /// <summary>Takes what is there; false at the stream's end.</summary>
        public bool Receive(Socket socket)
        {
            var read = socket.Receive(_buffer.AsSpan(_filled));
            var now = Stopwatch.GetTimestamp();
            _filled += read;
            var at = 0;
            for (; _filled - at >= TokenPacer.ChunkSize; at += TokenPacer.ChunkSize)
                Delays[^Missing--] = Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(_buffer.AsSpan(at)), now).TotalMilliseconds;
            _buffer.AsSpan(at, _filled - at).CopyTo(_buffer);
            _filled -= at;
            return read > 0;
        }
    }
}
