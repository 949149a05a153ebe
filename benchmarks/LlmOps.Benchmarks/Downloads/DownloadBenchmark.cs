using System.Globalization;

namespace LlmOps.Benchmarks.Downloads;

/// <summary>
/// Get-HfModel against <c>hf</c>, <c>aria2c -x16</c> and <c>curl</c> on one server: a large file of which each connection gets 40 MB/s, the same
/// without a limit, many small files far away, and what SIGKILL costs. Contestants that are not installed are left out, and named.
/// </summary>
internal sealed class DownloadBenchmark(DownloadSettings settings) : IAsyncDisposable
{
    private const string Large = "bench/large";
    private const string Small = "bench/small";
    private const string File = "model.safetensors";
    private const int SmallFiles = 2301;

    private readonly DirectoryInfo _folder =
        settings.Folder is null ? Directory.CreateTempSubdirectory("llmops-bench-") : Directory.CreateDirectory(Path.Join(settings.Folder, $"llmops-bench-{Environment.ProcessId}"));

    private readonly BenchmarkHub _hub = new();
    private readonly RoundFile _kept = new(settings.Results);
    private readonly SyntheticFile _file = new(File, settings.Size, isLarge: true);

    private string SizeText => string.Create(CultureInfo.InvariantCulture, $"{settings.Size / 1e9:0.#} GB");

    private string RateText => settings.ConnectionRate == 0 ? "no limit" : string.Create(CultureInfo.InvariantCulture, $"{settings.ConnectionRate / 1e6:0} MB/s a connection");

    public void Run()
    {
        _hub.Add(Large, _file);
        _hub.Add(Small, Enumerable.Range(0, SmallFiles).Select(number => new SyntheticFile($"data/{number:00000}.json", 1000 + number, isLarge: false)));
        List<IContestant> large = [.. Ours(Large), .. Hf(Large), .. Program("aria2c", Aria2), .. Program("curl", Curl)];
        Console.WriteLine($"{Environment.ProcessorCount} processors; files in {_folder.FullName}; medians of interleaved rounds (fastest–slowest)");
        foreach (var scenario in settings.Scenarios)
        {
            switch (scenario)
            {
                case "limited":
                    Measure($"one file of {SizeText}, {RateText}", settings.Size, large, settings.ConnectionRate, TimeSpan.Zero);
                    break;
                case "unlimited":
                    Measure($"one file of {SizeText}, no limit", settings.Size, large, 0, TimeSpan.Zero);
                    break;
                case "small":
                    Measure($"{SmallFiles} small files, every answer 30 ms late", Enumerable.Range(0, SmallFiles).Sum(number => 1000L + number), [.. Ours(Small), .. Hf(Small)], 0, TimeSpan.FromMilliseconds(30));
                    break;
                case "kill":
                    Kill($"SIGKILL when 40 % were sent, then once more to the end; {SizeText}, {RateText}", large, _ => [settings.Size * 2 / 5]);
                    break;
                case "moments":
                    Kill($"SIGKILL at one random moment of each download; {SizeText}, {RateText}", large, random => [random.NextInt64(settings.Size)], settings.Kills);
                    break;
                case "kills":
                    Kill($"SIGKILL at {settings.Kills} random moments of one download; {SizeText}, {RateText}", large, random => [.. Enumerable.Range(0, settings.Kills).Select(_ => random.NextInt64(settings.Size)).Order()]);
                    break;
                default:
                    throw new ArgumentException($"There is no scenario '{scenario}'.");
            }
        }
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
        foreach (var (contestant, usages) in series) usages.AddEarlier(_kept.Read(title, contestant.Name));
        for (var turn = 0; turn < settings.Rounds * series.Count; turn++)
        {
            // Each round begins with another contestant: who comes first after a pause finds colder memory.
            var (contestant, usages) = series[(turn + turn / series.Count) % series.Count];
            InFolder(folder =>
            {
                Touch(Path.Join(folder, "touched"), 2 * bytes);
                var usage = contestant.Download(folder);
                usages.Add(usage);
                _kept.Add(title, contestant.Name, usage);
            });
        }

        Console.WriteLine($"\n{title}");
        foreach (var (_, usages) in series) Console.WriteLine($"  {usages}");
        foreach (var (other, usages) in series.Skip(1))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {series[0].Contestant.Name} is {usages.MedianSeconds / series[0].Series.MedianSeconds:0.00} times as fast as {other.Name}"));
    }

    private void Kill(string title, IReadOnlyList<IContestant> contestants, Func<Random, long[]> moments, int downloads = 0)
    {
        Console.WriteLine($"\n{title}");
        (_hub.Rate, _hub.Latency) = (settings.ConnectionRate, TimeSpan.Zero);
        var trial = new KillTrial(_hub, _file);
        foreach (var contestant in contestants)
        {
            var random = new Random(1);
            List<KillCost> costs = [];
            for (var download = 0; download < Math.Max(downloads, 1); download++) InFolder(folder => costs.Add(trial.Run(contestant, folder, moments(random))));
            foreach (var cost in costs) Console.WriteLine($"  {contestant.Name,-34} {cost}");
            if (costs.Count == 1) continue;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {contestant.Name,-34} {costs.Count} downloads: at most {costs.Max(cost => cost.Factor):0.000} times the size, on average {costs.Average(cost => cost.Factor):0.000}; {costs.Count(cost => !cost.IsRight)} wrong"));
        }
    }

    /// <summary>Takes memory once from the host and frees it: the first who writes to memory that a virtual machine has never used pays for that.</summary>
    private static void Touch(string path, long bytes)
    {
        var zeros = new byte[1024 * 1024];
        using (var file = System.IO.File.Create(path, 1))
            for (var left = bytes; left > 0; left -= zeros.Length) file.Write(zeros.AsSpan(0, (int)Math.Min(left, zeros.Length)));
        System.IO.File.Delete(path);
    }

    private void InFolder(Action<string> work)
    {
        var folder = _folder.CreateSubdirectory("run");
        work(folder.FullName);
        folder.Delete(recursive: true);
    }

    private IEnumerable<IContestant> Ours(string id) => !settings.Contestants.Contains("ours") ? [] :
    [
        new SessionContestant(
            "Get-HfModel (verified)", folder => $"Get-HfModel {id} -CacheDir '{folder}' -Confirm:$false",
            new Dictionary<string, string> { ["HF_ENDPOINT"] = _hub.Endpoint, ["HF_HOME"] = Path.Join(_folder.FullName, "home"), ["LLMOPS_HOME"] = Path.Join(_folder.FullName, "llmops") }),
    ];

    /// <summary>LLMOPS_BENCH_HF names other versions of hf: paths with colons between them.</summary>
    private IEnumerable<IContestant> Hf(string id)
    {
        if (!settings.Contestants.Contains("hf")) return [];
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
        return programs.Select(program => new ProgramContestant($"hf {Programs.VersionOf(program)} (size only)", program, folder => ["download", id, "--cache-dir", folder], environment));
    }

    private IEnumerable<IContestant> Program(string program, Func<string, IReadOnlyList<string>> arguments)
    {
        if (!settings.Contestants.Contains(program)) return [];
        if (Programs.Find(program) is { } path) return [new ProgramContestant($"{program} (not verified)", path, arguments, new Dictionary<string, string>())];
        Console.WriteLine($"{program} is left out: it is not on PATH");
        return [];
    }

    private IReadOnlyList<string> Aria2(string folder) => ["-x16", "-s16", "-k1M", "-q", "-c", "--file-allocation=none", "-d", folder, "-o", File, _hub.AddressOf(Large, File)];

    private IReadOnlyList<string> Curl(string folder) => ["-sfL", "-C", "-", "-o", Path.Join(folder, File), _hub.AddressOf(Large, File)];
}
