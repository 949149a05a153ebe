using System.Globalization;

namespace LlmOps.Benchmarks.Downloads;

/// <summary>
/// Get-HfModel against <c>hf</c>, <c>aria2c -x16</c> and <c>curl</c> on one server: a large file of which each connection gets 40 MB/s, the same
/// without a limit, many small files far away, and what a SIGKILL costs. Contestants that are not installed are left out, and named.
/// </summary>
internal sealed class DownloadBenchmark(int rounds, long size, string? parent) : IAsyncDisposable
{
    private const string Large = "bench/large";
    private const string Small = "bench/small";
    private const string File = "model.safetensors";
    private const int SmallFiles = 2301;
    private const long ConnectionRate = 40_000_000;

    private readonly DirectoryInfo _folder = parent is null ? Directory.CreateTempSubdirectory("llmops-bench-") : Directory.CreateDirectory(Path.Join(parent, $"llmops-bench-{Environment.ProcessId}"));
    private readonly BenchmarkHub _hub = new();

    public void Run(IReadOnlyCollection<string> scenarios)
    {
        _hub.Add(Large, new SyntheticFile(File, size, isLarge: true));
        _hub.Add(Small, Enumerable.Range(0, SmallFiles).Select(number => new SyntheticFile($"data/{number:00000}.json", 1000 + number, isLarge: false)));
        var (hf, aria2, curl) = (Hf(), Installed("aria2c"), Installed("curl"));
        IContestant ours = Ours(Large);
        List<IContestant> all = [ours, .. hf(Large), .. aria2(Aria2), .. curl(Curl)];
        Console.WriteLine($"{Environment.ProcessorCount} processors; files in {_folder.FullName}; medians of {rounds} interleaved rounds (fastest–slowest)");
        if (scenarios.Contains("limited")) Measure($"one file of {size / 1e9:0.#} GB, 40 MB/s a connection", size, all, ConnectionRate, TimeSpan.Zero);
        if (scenarios.Contains("unlimited")) Measure($"one file of {size / 1e9:0.#} GB, no limit", size, all, 0, TimeSpan.Zero);
        if (scenarios.Contains("small")) Measure($"{SmallFiles} small files, every answer 30 ms late", Enumerable.Range(0, SmallFiles).Sum(number => 1000L + number), [Ours(Small), .. hf(Small)], 0, TimeSpan.FromMilliseconds(30));
        if (scenarios.Contains("kill")) Kill([ours, .. hf(Large), .. aria2(Aria2), .. curl(Curl)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private void Measure(string title, long bytes, IReadOnlyList<IContestant> contestants, long rate, TimeSpan latency)
    {
        Console.Error.WriteLine(title);
        (_hub.Rate, _hub.Latency) = (rate, latency);
        var series = contestants.Select(contestant => (Contestant: contestant, Series: new UsageSeries(contestant.Name, bytes))).ToList();
        for (var round = 0; round < rounds; round++)
            foreach (var (contestant, usages) in series)
                InFolder(folder => usages.Add(contestant.Download(folder)));
        Console.WriteLine($"\n{title}");
        foreach (var (_, usages) in series) Console.WriteLine($"  {usages}");
        foreach (var (other, usages) in series.Skip(1))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  Get-HfModel is {usages.MedianSeconds / series[0].Series.MedianSeconds:0.00} times as fast as {other.Name}"));
    }

    private void Kill(IReadOnlyList<IContestant> contestants)
    {
        Console.WriteLine("\nSIGKILL when 40 % were sent; then once more to the end");
        (_hub.Rate, _hub.Latency) = (ConnectionRate, TimeSpan.Zero);
        foreach (var contestant in contestants)
        {
            InFolder(folder =>
            {
                _hub.Reset();
                contestant.DownloadAndKill(folder, () => _hub.Sent > size * 0.4);
                var before = _hub.Sent;
                contestant.Download(folder);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {contestant.Name,-34} {(_hub.Sent - size) / 1e6,8:0.0} MB sent again ({(double)(_hub.Sent - size) / size:P1} of the file): {before / 1e6:0} before, {(_hub.Sent - before) / 1e6:0} after"));
            });
        }
    }

    private void InFolder(Action<string> work)
    {
        var folder = _folder.CreateSubdirectory("run");
        work(folder.FullName);
        folder.Delete(recursive: true);
    }

    private SessionContestant Ours(string id) => new(
        "Get-HfModel (verified)", folder => $"Get-HfModel {id} -CacheDir '{folder}' -Confirm:$false",
        new Dictionary<string, string> { ["HF_ENDPOINT"] = _hub.Endpoint, ["HF_HOME"] = Path.Join(_folder.FullName, "home"), ["LLMOPS_HOME"] = Path.Join(_folder.FullName, "llmops") });

    /// <summary>LLMOPS_BENCH_HF names other versions of hf: paths with colons between them.</summary>
    private Func<string, IEnumerable<IContestant>> Hf()
    {
        var programs = (Environment.GetEnvironmentVariable("LLMOPS_BENCH_HF") ?? Programs.Find("hf") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        if (programs.Length == 0) Console.WriteLine("hf is left out: it is not on PATH, and LLMOPS_BENCH_HF does not name it");
        var environment = new Dictionary<string, string>
        {
            ["HF_ENDPOINT"] = _hub.Endpoint,
            ["HF_HOME"] = Path.Join(_folder.FullName, "home"),
            ["HF_HUB_DISABLE_TELEMETRY"] = "1",
            ["HF_HUB_DISABLE_UPDATE_CHECK"] = "1",
            ["HF_HUB_DISABLE_XET"] = "1",
        };
        return id => programs.Select(program => new ProgramContestant($"hf {Programs.VersionOf(program)} (size only)", program, folder => ["download", id, "--cache-dir", folder], environment));
    }

    private static Func<Func<string, IReadOnlyList<string>>, IEnumerable<IContestant>> Installed(string program)
    {
        if (Programs.Find(program) is { } path) return arguments => [new ProgramContestant($"{program} (not verified)", path, arguments, new Dictionary<string, string>())];
        Console.WriteLine($"{program} is left out: it is not on PATH");
        return _ => [];
    }

    private IReadOnlyList<string> Aria2(string folder) => ["-x16", "-s16", "-k1M", "-q", "-c", "--file-allocation=none", "-d", folder, "-o", File, _hub.AddressOf(Large, File)];

    private IReadOnlyList<string> Curl(string folder) => ["-sfL", "-C", "-", "-o", Path.Join(folder, File), _hub.AddressOf(Large, File)];
}
