using System.Diagnostics;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>One connection at full speed, each way.</summary>
/// <param name="ways">The contestants.</param>
/// <param name="bytes">How many bytes a round.</param>
internal sealed class BulkRow(Ways ways, long bytes)
{
    public async Task RunAsync(int rounds)
    {
        foreach (var (direction, what) in new[] { ("get", LoadServer.Send), ("put", LoadServer.Take) })
        {
            var speed = ways.All.ToDictionary(way => way, _ => new Figures());
            var processor = ways.All.ToDictionary(way => way, _ => new Figures());
            foreach (var way in ways.All) await MoveAsync(way, what, way == ways.Ours ? bytes * 3 : bytes / 4); // .NET compiles what is hot for good
            for (var round = 0; round < rounds; round++)
            {
                foreach (var way in ways.All)
                {
                    var before = ProcessFigures.ProcessorSeconds(way.Process);
                    speed[way].Add(bytes / 1e6 / await MoveAsync(way, what, bytes));
                    processor[way].Add((ProcessFigures.ProcessorSeconds(way.Process) - before) / (bytes / 1e9));
                }
            }

            foreach (var way in ways.All)
                Console.WriteLine($"{direction}  {way.Name,-30} {speed[way].ToString("0"),20} MB/s   {(way.Process is null ? "" : processor[way].ToString("0.00") + " CPU s/GB")}");
            Console.WriteLine(FormattableString.Invariant(
                $"{direction}  ratio to ssh -L with a session: {speed[ways.Ours].Median / speed[ways.Session].Median:0.00} (aim 1.0); to ssh -N -L: {speed[ways.Ours].Median / speed[ways.Forward].Median:0.00}; to ssh -L with aes128-gcm: {speed[ways.Ours].Median / speed[ways.Gcm].Median:0.00}"));
        }
    }

    private static async Task<double> MoveAsync(IWay way, byte what, long count)
    {
        var buffer = new byte[256 * 1024];
        var began = Stopwatch.GetTimestamp();
        using var socket = await LoadServer.AskAsync(way.Port, what, count);
        if (what == LoadServer.Take)
        {
            for (var left = count; left > 0;) left -= await socket.SendAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
            if (await socket.ReceiveAsync(buffer) != 1) throw new InvalidOperationException($"{way.Name}: no answer.");
        }
        else
        {
            for (var left = count; left > 0;)
            {
                var read = await socket.ReceiveAsync(buffer);
                if (read == 0) throw new InvalidOperationException($"{way.Name}: {left} bytes are missing.");
                left -= read;
            }
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
