using System.Diagnostics;
using System.Net.Sockets;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>Many connections opened at once: until the first byte has come back on every one.</summary>
/// <param name="ways">The contestants.</param>
/// <param name="connections">How many.</param>
internal sealed class ConnectionRow(Ways ways, int connections)
{
    public async Task RunAsync(int rounds)
    {
        var times = ways.All.ToDictionary(way => way, _ => new Figures());
        var threads = 0;
        var resident = 0L;
        for (var round = -1; round < rounds; round++) // the first only warms up
        {
            foreach (var way in ways.All)
            {
                try
                {
                    var taken = await OpenAsync(way, () =>
                    {
                        if (way != ways.Ours) return;
                        threads = Math.Max(threads, ProcessFigures.Threads(way.Process!.Value));
                        resident = Math.Max(resident, ProcessFigures.Resident(way.Process!.Value));
                    });
                    if (round >= 0) times[way].Add(taken);
                }
                catch (InvalidOperationException failed) when (way != ways.Ours)
                {
                    Console.WriteLine($"{connections} connections at once  a round is left out: {failed.Message}");
                }
            }
        }

        foreach (var way in ways.All) Console.WriteLine($"{connections} connections at once  {way.Name,-30} {times[way].ToString("0"),20} ms");
        Console.WriteLine(FormattableString.Invariant(
            $"{connections} connections at once  ratio of times to ssh -L with a session: {times[ways.Ours].Median / times[ways.Session].Median:0.00}; with all open: {threads} threads, {resident / 1e6:0} MB in the PowerShell process"));
    }

    private async Task<double> OpenAsync(IWay way, Action whileOpen)
    {
        var began = Stopwatch.GetTimestamp();
        var open = await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            try
            {
                var socket = await LoadServer.AskAsync(way.Port, LoadServer.Greet, 0);
                return await socket.ReceiveAsync(new byte[1]) == 1 ? socket : throw new InvalidOperationException($"{way.Name}: a connection was refused.");
            }
            catch (SocketException broken)
            {
                throw new InvalidOperationException($"{way.Name}: {broken.Message}", broken);
            }
        }));
        var elapsed = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        whileOpen();
        foreach (var socket in open)
        {
            socket.Shutdown(SocketShutdown.Send);
            while (await socket.ReceiveAsync(new byte[16]) > 0)
            {
            }

            socket.Dispose();
        }

        return elapsed;
    }
}
