using LlmOps.Benchmarks.FanOut;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>A tunnel of ours against OpenSSH's forwarding, all over one real sshd on loopback.</summary>
internal sealed class TunnelBenchmark : IDisposable
{
    private static readonly int[] StreamCounts = [1, 16, 64, 256];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmops-bench-");
    private readonly SshdFarm _farm;
    private readonly LoadServer _server = new();
    private readonly Ways _ways;

    public TunnelBenchmark()
    {
        _ = ModuleUnderTest.Manifest(); // before anything is started
        _farm = new SshdFarm(_folder.FullName, 1, Path.Join(_folder.FullName, "tools"));
        _ways = new Ways(_folder.FullName, _farm, _server.Port);
    }

    /// <summary>Runs rows: bulk, tokens (or tokens1, tokens16 …) and connections.</summary>
    public async Task RunAsync(IEnumerable<string> rows, int rounds, long bytes, int seconds)
    {
        Console.WriteLine($"One sshd on loopback, {Environment.ProcessorCount} processors; medians of {rounds} interleaved rounds (lowest–highest)");
        foreach (var row in rows)
        {
            switch (row)
            {
                case "bulk":
                    await new BulkRow(_ways, bytes).RunAsync(rounds);
                    break;
                case "connections":
                    await new ConnectionRow(_ways, 1000).RunAsync(rounds);
                    break;
                case "tokens":
                    foreach (var streams in StreamCounts) await new TokenRow(_ways, streams, seconds).RunAsync(rounds);
                    break;
                case ['t', 'o', 'k', 'e', 'n', 's', .. var streams]:
                    await new TokenRow(_ways, int.Parse(streams, System.Globalization.CultureInfo.InvariantCulture), seconds).RunAsync(rounds);
                    break;
                default:
                    throw new InvalidOperationException($"There is no row '{row}'.");
            }
        }
    }

    public void Dispose()
    {
        _ways.Dispose();
        _farm.Dispose();
        _server.Dispose();
        _folder.Delete(recursive: true);
    }
}
