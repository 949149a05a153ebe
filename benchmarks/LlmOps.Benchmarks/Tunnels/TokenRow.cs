using System.Buffers.Binary;
using System.Diagnostics;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>Many slow streams at once: how long each chunk is on its way.</summary>
/// <param name="ways">The contestants.</param>
/// <param name="streams">How many at once.</param>
/// <param name="seconds">How long a round lasts.</param>
internal sealed class TokenRow(Ways ways, int streams, int seconds)
{
    private const int WarmUp = TokenPacer.Rate / 2;
    private const int JitSeconds = 8; // until .NET has compiled for good what is hot; a tunnel lives for hours

    public async Task RunAsync(int rounds)
    {
        var median = ways.All.ToDictionary(way => way, _ => new Figures());
        var late = ways.All.ToDictionary(way => way, _ => new Figures());
        var processor = ways.All.ToDictionary(way => way, _ => new Figures());
        var threads = 0;
        foreach (var way in ways.All) await StreamAsync(way, TokenPacer.Rate * (way == ways.Ours ? JitSeconds : 1));
        for (var round = 0; round < rounds; round++)
        {
            foreach (var way in ways.All)
            {
                var before = ProcessFigures.ProcessorSeconds(way.Process);
                var streaming = StreamAsync(way, TokenPacer.Rate * seconds);
                while (way == ways.Ours && !streaming.IsCompleted)
                {
                    threads = Math.Max(threads, ProcessFigures.Threads(way.Process!.Value));
                    await Task.WhenAny(streaming, Task.Delay(100));
                }

                var delays = await streaming;
                median[way].Add(Figures.Percentile(delays, 50));
                late[way].Add(Figures.Percentile(delays, 99));
                processor[way].Add((ProcessFigures.ProcessorSeconds(way.Process) - before) / seconds);
            }
        }

        foreach (var way in ways.All)
            Console.WriteLine($"{streams,3} streams  {way.Name,-30} p50 {median[way].ToString("0.00"),20} ms   p99 {late[way].ToString("0.00"),22} ms   {processor[way].ToString("0.00")} CPU s/s");
        Console.WriteLine(FormattableString.Invariant(
            $"{streams,3} streams  added, to ssh -L with a session: p50 {Added(median, ways.Session):0.00}, p99 {Added(late, ways.Session):0.00} (aim 1.0); to ssh -N -L: p50 {Added(median, ways.Forward):0.00}, p99 {Added(late, ways.Forward):0.00}{(streams == 64 ? " (aim 0.2)" : "")}; to ssh -L with aes128-gcm: p50 {Added(median, ways.Gcm):0.00}, p99 {Added(late, ways.Gcm):0.00}; threads of the PowerShell process: {threads} (aim 24)"));
    }

    private double Added(Dictionary<IWay, Figures> figures, IWay other) =>
        (figures[ways.Ours].Median - figures[ways.Direct].Median) / (figures[other].Median - figures[ways.Direct].Median);

    private async Task<IReadOnlyList<double>> StreamAsync(IWay way, int chunks)
    {
        var all = await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => Task.Run(() => ReadAsync(way, chunks + WarmUp))));
        return [.. all.SelectMany(delays => delays.Skip(WarmUp))];
    }

    private static async Task<double[]> ReadAsync(IWay way, int chunks)
    {
        using var socket = await LoadServer.AskAsync(way.Port, LoadServer.Pace, chunks);
        var delays = new double[chunks];
        var buffer = new byte[TokenPacer.ChunkSize * 64];
        var filled = 0;
        for (var at = 0; at < chunks;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled));
            var now = Stopwatch.GetTimestamp();
            if (read == 0) throw new InvalidOperationException($"{way.Name}: {chunks - at} chunks are missing.");
            filled += read;
            var whole = filled / TokenPacer.ChunkSize * TokenPacer.ChunkSize;
            for (var start = 0; start < whole; start += TokenPacer.ChunkSize)
                delays[at++] = Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(start)), now).TotalMilliseconds;
            buffer.AsSpan(whole, filled - whole).CopyTo(buffer);
            filled -= whole;
        }

        return delays;
    }
}
