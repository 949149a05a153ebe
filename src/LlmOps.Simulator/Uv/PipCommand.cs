using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Uv;

/// <summary><c>uv pip</c>: install, show and list, on the environment that <c>--python</c> or VIRTUAL_ENV names.</summary>
internal sealed partial class PipCommand(SimulatedMachine machine, TextWriter output)
{
    private const double ResolveSeconds = 2;
    private const double DownloadSeconds = 45;
    private const double InstallSeconds = 10;

    private static readonly HashSet<string> WithValue =
        ["--python", "-p", "--index-url", "-i", "--default-index", "--index", "--extra-index-url", "--torch-backend", "--prerelease", "--index-strategy", "--cache-dir", "--find-links", "-f", "--constraint", "-c", "--link-mode", "--format", "--exclude-newer"];

    /// <summary>What vLLM brings along, with the sizes that uv shows while it downloads.</summary>
    private static readonly (string Name, string Version, string Size)[] WithVllm =
    [
        ("torch", "2.13.0", "866.7MiB"), ("triton", "3.6.1", "179.5MiB"), ("flashinfer-python", "0.6.16.post3", "9.1MiB"), ("transformers", "5.16.0", "11.9MiB"), ("tokenizers", "0.22.2", "3.1MiB"),
        ("huggingface-hub", "1.28.0", "0.6MiB"), ("nvidia-nccl-cu13", "2.28.9", "187.2MiB"), ("fastapi", "0.136.0", "0.1MiB"), ("uvicorn", "0.42.0", "0.1MiB"), ("numpy", "2.3.5", "15.8MiB"),
    ];

    public async Task<int> RunAsync(string verb, IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments, WithValue);
        var python = options["--python", "-p"];
        var environment = python is null ? Environment.GetEnvironmentVariable("VIRTUAL_ENV") : File.Exists(Path.Join(python, "pyvenv.cfg")) ? python : InstalledPackages.EnvironmentOf(python);
        if (environment is null || (python is not null && !Path.Exists(python)))
            return await FailAsync(python is null
                ? "error: No virtual environment found; run `uv venv` to create an environment, or pass `--system` to install into a non-virtual environment"
                : $"error: No virtual environment or system Python installation found for path `{python}`").ConfigureAwait(false);
        var packages = new InstalledPackages(environment);
        return verb switch
        {
            "install" => await InstallAsync(packages, environment, options).ConfigureAwait(false),
            "show" => await ShowAsync(packages, options.Words).ConfigureAwait(false),
            "list" or "freeze" => await ListAsync(packages, verb == "freeze").ConfigureAwait(false),
            _ => await FailAsync($"error: unrecognized subcommand '{verb}'").ConfigureAwait(false),
        };
    }

    private async Task<int> InstallAsync(InstalledPackages packages, string environment, Options options)
    {
        var wanted = new List<(string Name, string Version)>();
        foreach (var word in options.Words)
        {
            if (Requirement().Match(word) is not { Success: true } requirement) return await FailAsync($"error: Failed to parse: `{word}`").ConfigureAwait(false);
            var name = requirement.Groups["name"].Value.ToLowerInvariant();
            var version = requirement.Groups["version"] is { Success: true } given ? given.Value : name == "vllm" ? InstalledPackages.LatestVllm : WithVllm.FirstOrDefault(known => known.Name == name).Version ?? "1.0.0";
            if (name == "vllm" && !version.StartsWith("0.", StringComparison.Ordinal))
                return await FailAsync($"  × No solution found when resolving dependencies:\n  ╰─▶ Because there is no version of vllm=={version} and you require vllm=={version}, we can conclude that your requirements are unsatisfiable.", 1).ConfigureAwait(false);
            wanted.Add((name, version));
        }

        await SayAsync($"Using Python {UvCommand.PythonVersion} environment at: {environment}").ConfigureAwait(false);
        var began = Stopwatch.GetTimestamp();
        if (wanted.All(package => packages.VersionOf(package.Name) is { } there && (there == package.Version || options["--upgrade", "-U"] is null)))
        {
            await SayAsync($"Audited {wanted.Count} packages in {Since(began)}").ConfigureAwait(false);
            return 0;
        }

        var all = wanted.Any(package => package.Name == "vllm") ? [.. wanted, .. WithVllm.Select(package => (package.Name, package.Version))] : wanted;
        await machine.PassAsync(ResolveSeconds, CancellationToken.None).ConfigureAwait(false);
        await SayAsync($"Resolved {all.Count} packages in {Since(began)}").ConfigureAwait(false);
        began = Stopwatch.GetTimestamp();
        var downloads = WithVllm.Where(package => all.Any(other => other.Name == package.Name)).ToList();
        if (all.Any(package => package.Name == "vllm")) downloads.Insert(0, ("vllm", "", "498.2MiB"));
        foreach (var (name, _, size) in downloads) await SayAsync($"Downloading {name} ({size})").ConfigureAwait(false);
        if (machine.HasFault("DiskFull"))
            return await FailAsync($"  × Failed to download `torch==2.13.0`\n  ├─▶ Failed to extract archive: torch-2.13.0-cp312-cp312-manylinux_2_28_x86_64.whl\n  ├─▶ I/O operation failed during extraction\n  ╰─▶ No space left on device (os error 28)", 1).ConfigureAwait(false);
        foreach (var (name, _, _) in downloads)
        {
            await machine.PassAsync(DownloadSeconds / downloads.Count, CancellationToken.None).ConfigureAwait(false);
            await SayAsync($" Downloaded {name}").ConfigureAwait(false);
        }

        await SayAsync($"Prepared {all.Count} packages in {Since(began)}").ConfigureAwait(false);
        began = Stopwatch.GetTimestamp();
        await machine.PassAsync(all.Count > wanted.Count ? InstallSeconds : 0.1, CancellationToken.None).ConfigureAwait(false);
        foreach (var (name, version) in all) packages.Add(name, version);
        if (all.Any(package => package.Name == "vllm")) packages.AddProgram("vllm");
        if (all.Any(package => package.Name == "huggingface-hub")) packages.AddProgram("hf");
        await SayAsync($"Installed {all.Count} packages in {Since(began)}").ConfigureAwait(false);
        foreach (var (name, version) in all.Order()) await SayAsync($" + {name}=={version}").ConfigureAwait(false);
        return 0;
    }

    private async Task<int> ShowAsync(InstalledPackages packages, IReadOnlyList<string> names)
    {
        foreach (var name in names)
            if (packages.VersionOf(name) is { } version) await output.WriteLineAsync($"Name: {name}\nVersion: {version}").ConfigureAwait(false);
            else return await FailAsync($"warning: Package(s) not found for: {name}", 1).ConfigureAwait(false);
        return 0;
    }

    private async Task<int> ListAsync(InstalledPackages packages, bool frozen)
    {
        if (!frozen) await output.WriteLineAsync("Package           Version\n----------------- -------------").ConfigureAwait(false);
        foreach (var (name, version) in packages.List()) await output.WriteLineAsync(frozen ? $"{name}=={version}" : $"{name,-17} {version}").ConfigureAwait(false);
        return 0;
    }

    private static string Since(long began) => Stopwatch.GetElapsedTime(began) is var elapsed && elapsed.TotalSeconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalMilliseconds:0}ms")
        : string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.00}s");

    private static Task SayAsync(string line) => Console.Error.WriteLineAsync(line); // uv reports on standard error

    private static async Task<int> FailAsync(string message, int code = 2)
    {
        await SayAsync(message).ConfigureAwait(false);
        return code;
    }

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9][\w.-]*)(?:\[[\w,\s-]*\])?\s*(?:==\s*(?<version>[\w.+!-]+)|[<>~!=].*)?$")]
    private static partial Regex Requirement();
}
