using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using System.Text.Json;

namespace LlmOps.Benchmarks.Diagnosis;

/// <summary>How long a large log takes to be judged: by LlmOps, by a Python script that tries the same expressions line by line, and by grep for the rules' texts alone.</summary>
/// <param name="megabytes">The log's size, in MB.</param>
/// <param name="rounds">How often each is measured.</param>
internal sealed class DiagnosisBenchmark(int megabytes, int rounds) : IDisposable
{
    private const string Failure = "(EngineCore pid=3) ERROR 08-17 12:00:00 [core.py:1104] torch.AcceleratorError: CUDA error: an illegal memory access was encountered\n";

    private readonly Runspace _runspace = Session();
    private readonly string _folder = Directory.CreateTempSubdirectory("llmops-bench-").FullName;

    /// <summary>Runs it and prints the table.</summary>
    public void Run()
    {
        foreach (var (name, line) in new[] { ("a healthy server's log with one failure at its end", (Func<int, string>)Healthy), ("a log that repeats one failure", _ => Failure) })
        {
            var log = Write(line);
            var python = WriteScript();
            var literals = WriteLiterals();
            var (ours, script, grep) = (new List<double>(), new List<double>(), new List<double>());
            long memory = 0;
            for (var round = 0; round < rounds; round++)
            {
                ours.Add(Timed(() => memory = Math.Max(memory, Judge(log))));
                grep.Add(Timed(() => Shell.Run("grep", "-c", "-F", "-f", literals, log)));
                if (round == 0) script.Add(Timed(() => Shell.Run("python3", python, log)));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}, {megabytes} MB: LlmOps {Median(ours):0.00} s, {memory / 1e6:0.0} MB more memory; grep -F {Median(grep):0.00} s; Python, every rule on every line {Median(script):0.0} s: {Median(script) / Median(ours):0} times ours"));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runspace.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Runspace Session()
    {
        var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddCommand("Import-Module").AddArgument(ModuleUnderTest.Manifest()).AddParameter("ErrorAction", "Stop").Invoke();
        return runspace;
    }

    private static string Healthy(int i) => i % 4 == 0
        ? $"(APIServer pid=2101) INFO 08-17 12:00:{i % 60:00} [loggers.py:263] Engine 000: Avg prompt throughput: {i % 977}.3 tokens/s, Avg generation throughput: {i % 61}.8 tokens/s, Running: {i % 7} reqs, Waiting: 0 reqs, GPU KV cache usage: {i % 40}.5%, Prefix cache hit rate: {i % 60}.1%\n"
        : $"(APIServer pid=2101) INFO:     127.0.0.1:{40000 + (i % 20000)} - \"POST /v1/chat/completions HTTP/1.1\" 200 OK\n";

    /// <summary>Judges the log as a user does; returns by how much the process grew.</summary>
    private long Judge(string path)
    {
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5"); // begins to count the peak anew: proc(5)
        var before = Status("VmRSS:");
        using var shell = PowerShell.Create(_runspace);
        var found = shell.AddCommand("Resolve-LlmFailure").AddParameter("Path", path).Invoke();
        if (found is not [var only] || (string)only.Properties["Rule"].Value != "ima") throw new InvalidOperationException("The failure was not found.");
        return Status("VmHWM:") - before;
    }

    private static long Status(string name) =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    private static double Timed(Action action)
    {
        var began = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static JsonElement Rules()
    {
        var file = Path.Join(Path.GetDirectoryName(ModuleUnderTest.Manifest()), "src/LlmOps.Core/Diagnosis/rules.json");
        return JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.GetProperty("rules");
    }

    private string Write(Func<int, string> line)
    {
        var path = Path.Join(_folder, "engine.log");
        using var log = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20);
        long written = 0;
        for (var i = 0; written < megabytes * 1_000_000L; i++)
        {
            var text = line(i);
            log.Write(text);
            written += text.Length;
        }

        log.Write(Failure);
        return path;
    }

    private string WriteScript()
    {
        var patterns = string.Join(",\n", Rules().EnumerateArray().Select(rule => JsonSerializer.Serialize(rule.GetProperty("pattern").GetString()!.Replace("(?<", "(?P<", StringComparison.Ordinal))));
        var path = Path.Join(_folder, "judge.py");
        File.WriteAllText(path, $"import re, sys\nrules = [re.compile(p) for p in [{patterns}]]\nfor line in open(sys.argv[1], encoding='utf-8', errors='replace'):\n    for rule in rules:\n        if rule.search(line):\n            found = line\n            break\nprint(found)\n");
        return path;
    }

    private string WriteLiterals()
    {
        var path = Path.Join(_folder, "literals.txt");
        File.WriteAllLines(path, Rules().EnumerateArray().SelectMany(rule => rule.GetProperty("literals").EnumerateArray()).Select(text => text.GetString()!));
        return path;
    }
}
