namespace LlmOps.Benchmarks.Tunnels;

/// <summary>Many slow streams at once: how long each chunk is on its way.</summary>
/// <param name="ways">The contestants.</param>
/// <param name="streams">How many at once.</param>
/// <param name="seconds">How long a round lasts.</param>
internal sealed class TokenRow(Ways ways, int streams, int seconds)
{
    private const int WarmUp = TokenPacer.Rate / 2;
    private const int JitSeconds = 8; // until .NET has compiled for good what is hot, with streams enough that it is hot; a tunnel lives for hours
    private const int JitStreams = 64;

    public async Task RunAsync(int rounds)
    {
        var median = ways.All.ToDictionary(way => way, _ => new Figures());
        var late = ways.All.ToDictionary(way => way, _ => new Figures());
        var processor = ways.All.ToDictionary(way => way, _ => new Figures());
        var threads = 0;
        await StreamAsync(ways.Ours, Math.Max(streams, JitStreams), TokenPacer.Rate * JitSeconds);
        foreach (var way in ways.All.Skip(1)) await StreamAsync(way, streams, TokenPacer.Rate);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var way in ways.All.Skip(round % ways.All.Count).Concat(ways.All.Take(round % ways.All.Count)))
            {
                var before = ProcessFigures.ProcessorSeconds(way.Process);
                var delays = await StreamAsync(way, streams, TokenPacer.Rate * seconds);
                median[way].Add(Figures.Percentile(delays, 50));
                late[way].Add(Figures.Percentile(delays, 99));
                processor[way].Add((ProcessFigures.ProcessorSeconds(way.Process) - before) / seconds);
            }

            threads = Math.Max(threads, await CountThreadsAsync());
        }

        foreach (var way in ways.All)
            Console.WriteLine($"{streams,3} streams  {way.Name,-30} p50 {median[way].ToString("0.00"),20} ms   p99 {late[way].ToString("0.00"),22} ms   {processor[way].ToString("0.00")} CPU s/s");
        Console.WriteLine(FormattableString.Invariant(
            $"{streams,3} streams  added, to ssh -L with a session: p50 {Added(median, ways.Session):0.00}, p99 {Added(late, ways.Session):0.00} (aim 1.0); to ssh -N -L: p50 {Added(median, ways.Forward):0.00}, p99 {Added(late, ways.Forward):0.00}{(streams == 64 ? " (aim 0.2)" : "")}; to ssh -L with aes128-gcm: p50 {Added(median, ways.Gcm):0.00}, p99 {Added(late, ways.Gcm):0.00}; threads of the PowerShell process: {threads} (aim 24)"));
    }

    private double Added(Dictionary<IWay, Figures> figures, IWay other) =>
        (figures[ways.Ours].Median - figures[ways.Direct].Median) / (figures[other].Median - figures[ways.Direct].Median);

    /// <summary>The most threads of our process while streams open and run. Apart from what is timed: to look costs the process that is looked at.</summary>
    private async Task<int> CountThreadsAsync()
    {
        var most = 0;
        for (var streaming = StreamAsync(ways.Ours, streams, TokenPacer.Rate); !streaming.IsCompleted; await Task.WhenAny(streaming, Task.Delay(50)))
            most = Math.Max(most, ProcessFigures.Threads(ways.Ours.Process!.Value));
        return most;
    }

    private static async Task<IReadOnlyList<double>> StreamAsync(IWay way, int streams, int chunks)
    {
        var all = await PacedReader.ReadAsync(way, streams, chunks + WarmUp);
        return [.. all.SelectMany(delays => delays.Skip(WarmUp))];
    }
}
