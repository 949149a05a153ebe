using System.Diagnostics;
using LlmOps.Rigs;
using LlmOps.Rigs.Simulation;
using LlmOps.State;

namespace LlmOps.Tests.Simulator;

/// <summary>A simulated rig of a test, and commands run on it through its login.</summary>
public sealed class RehearsalRig : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly SimulatedRigHost _host = new(TimeProvider.System);

    private RehearsalRig(string root, GpuRig rig)
    {
        Root = root;
        Rig = rig;
    }

    public static string Simulator => Path.Join(AppContext.BaseDirectory, "llmops-simulator");

    public string Root { get; }

    public GpuRig Rig { get; }

    public SimulatedRigFolder Folder => new(Rig.Simulation!.Folder);

    public static async Task<RehearsalRig> CreateAsync(string gpu = "A40", int count = 2, double speed = 2000, params string[] faults)
    {
        var root = Directory.CreateTempSubdirectory("rig").FullName;
        var rig = await new SimulatedRigHost(TimeProvider.System).CreateAsync("rehearsal", gpu, count, speed, faults, new LlmOpsHome(root), Simulator, CancellationToken.None);
        return new RehearsalRig(root, rig);
    }

    public static async Task<(int Code, string Output, string Error)> RunProgramAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Runs a command line in the rig's login shell.</summary>
    public Task<(int Code, string Output, string Error)> RunAsync(string command) =>
        RunProgramAsync(Folder.Login, [], new Dictionary<string, string> { ["SSH_ORIGINAL_COMMAND"] = command });

    public Task<(int Code, string Output, string Error)> SshAsync(string command) => RunProgramAsync("ssh",
        ["-F", "none", "-i", Rig.Ssh!.IdentityFile[0], "-o", $"UserKnownHostsFile={Rig.Ssh.KnownHostsFile}", "-o", "GlobalKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=yes",
            "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-p", $"{Rig.Ssh.Port}", $"{Rig.Ssh.UserName}@{Rig.Ssh.HostName}", command]);

    /// <summary>Sets up an environment with vLLM in <c>~/v</c>.</summary>
    public async Task InstallVllmAsync() => Assert.Equal(0, (await RunAsync("uv venv ~/v --python 3.12 && uv pip install --python ~/v/bin/python vllm==0.29.0")).Code);

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition()) await Task.Delay(50, limit.Token);
    }

    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    public async ValueTask DisposeAsync()
    {
        await _host.DestroyAsync(Rig);
        Directory.Delete(Root, recursive: true);
    }
}
