using LlmOps.Gpus;
using LlmOps.Processes;
using LlmOps.Protocol.Operations;
using LlmOps.State;

namespace LlmOps.Engines;

/// <summary>
/// Installs a version of vLLM on this machine with uv, in an environment of its own with uv's Python 3.12, which brings the headers that
/// vLLM's kernels need. Each step may be repeated; the environment counts only when the last has left its mark.
/// </summary>
/// <param name="layout">Where things lie.</param>
/// <param name="time">The clock.</param>
internal sealed class VllmInstaller(RigLayout layout, TimeProvider time)
{
    /// <summary>The version that LlmOps is made for.</summary>
    public const string DefaultVersion = "0.29.0";

    private const string Engine = "vLLM";
    private const string PythonVersion = "3.12";
    private const int Steps = 5;

    private static readonly TimeSpan QueryLimit = TimeSpan.FromSeconds(30);

    /// <summary>What is installed of a version, or null if it is not complete.</summary>
    /// <param name="version">The version; null is the default.</param>
    public EngineInstallation? Find(string? version) => EngineEnvironment.Find(layout, version ?? DefaultVersion) is { } found ? Describe(found) : null;

    /// <summary>Installs what is not there.</summary>
    /// <param name="args">What to install.</param>
    /// <param name="report">Told how far it is.</param>
    /// <param name="cancel">Ends it; what was fetched stays.</param>
    public async Task<EngineInstallation> RunAsync(EngineInstallArgs args, Action<EngineInstallProgress> report, CancellationToken cancel)
    {
        var version = EngineEnvironment.Checked(args.Version ?? DefaultVersion);
        if (Find(version) is { } there) return there;
        var environment = new EngineEnvironment(layout, version);
        var step = new InstallStep(environment.Folder + ".log");

        report(new EngineInstallProgress("looking at the driver", 1, Steps, null));
        var wheel = VllmWheel.For(await DriverAsync(cancel).ConfigureAwait(false));

        report(new EngineInstallProgress("looking for a C compiler", 2, Steps, null));
        if (args.SystemPackages) await new CCompiler(step).EnsureAsync(line => Tell("installing a C compiler", 2, line), cancel).ConfigureAwait(false);

        report(new EngineInstallProgress("looking for uv", 3, Steps, null));
        var uv = new UvProgram(layout) is var program && program.Find() is { } found ? found : await program.FetchAsync(cancel).ConfigureAwait(false);

        environment.Reopen();
        await UvAsync("making the Python environment", 4, ["venv", "--allow-existing", "--python", PythonVersion, environment.Folder]).ConfigureAwait(false);
        await UvAsync($"installing {Engine} {version} ({wheel.Variant})", 5, ["pip", "install", "--python", environment.Python, .. wheel.Install(version)]).ConfigureAwait(false);
        if (!File.Exists(environment.Program)) throw EngineErrors.InstallFailed("looking for the program", $"there is no {environment.Program}");
        environment.Complete(wheel.Variant);
        return Describe(environment);

        void Tell(string name, int number, string? line) => report(new EngineInstallProgress(name, number, Steps, line));

        Task UvAsync(string name, int number, IReadOnlyList<string> arguments)
        {
            Tell(name, number, null);
            var start = new ProcessStart
            {
                FileName = uv,
                Arguments = arguments,
                Environment = new Dictionary<string, string?> { ["UV_PYTHON_PREFERENCE"] = "only-managed", ["NO_COLOR"] = "1" },
            };
            return step.RunAsync(name, start, line => Tell(name, number, line), cancel);
        }
    }

    private async Task<string> DriverAsync(CancellationToken cancel)
    {
        try
        {
            var answer = await GpuToolRun.RunAsync("nvidia-smi", ["--query-gpu=driver_version", "--format=csv,noheader"], QueryLimit, time, cancel).ConfigureAwait(false);
            return answer.Exit.Code == 0 ? answer.Output.Split('\n')[0].Trim() : throw NvidiaFailure.Of(answer);
        }
        catch (LlmOpsException absent) when (absent.Kind == ErrorKind.NotInstalled)
        {
            throw EngineErrors.DriverMissing(null);
        }
    }

    private static EngineInstallation Describe(EngineEnvironment environment) =>
        new() { Engine = Engine, Version = environment.Version, Variant = environment.Variant, Path = environment.Folder };
}
