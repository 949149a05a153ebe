using System.Text.Json;

namespace LlmOps.Benchmarks.Downloads;

/// <summary>Keeps what each round took, a line of JSON each, so that rounds made at different times are one series.</summary>
/// <param name="path">The file; null keeps nothing.</param>
internal sealed class RoundFile(string? path)
{
    /// <summary>The rounds of a contestant that earlier runs have kept.</summary>
    public IEnumerable<Usage> Read(string scenario, string contestant) =>
        path is null || !File.Exists(path) ? [] : File.ReadLines(path).Select(line => JsonSerializer.Deserialize<Round>(line)!).Where(round => round.Scenario == scenario && round.Contestant == contestant).Select(round => round.Usage);

    public void Add(string scenario, string contestant, Usage usage)
    {
        if (path is not null) File.AppendAllLines(path, [JsonSerializer.Serialize(new Round(scenario, contestant, usage))]);
    }

    private sealed record Round(string Scenario, string Contestant, Usage Usage);
}
