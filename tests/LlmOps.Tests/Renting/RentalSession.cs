using System.Diagnostics;
using LlmOps.Providers.Simulated;
using LlmOps.Renting;
using LlmOps.State;

namespace LlmOps.Tests.Renting;

/// <summary>A session with an account at the simulated provider, and other processes on the same workstation that can be killed.</summary>
internal sealed class RentalSession : IAsyncDisposable
{
    private readonly Session _session = new(140);

    public RentalSession()
    {
        _session.SetEnvironment("LLMOPS_MODULE_BIN", BuiltModule.Bin);
        _session.SetEnvironment("HF_HOME", Path.Join(_session.Folder, "hf"));
        Home = new LlmOpsHome(_session.Home);
        Account = new SimulatedAccount(Home.SimulatedAccount);
    }

    public Session Session => _session;

    public LlmOpsHome Home { get; }

    public SimulatedAccount Account { get; }

    public IReadOnlyList<Rental> Rentals => new RigJournal(Home, TimeProvider.System).Read();

    public IReadOnlyList<SimulatedMachineRecord> Living => [.. Account.ReadMachines().Where(machine => machine.EndedAt is null)];

    private string Rigs => Path.Join(Account.Folder, "rigs");

    public SessionResult Run(string script, params (string Name, object? Value)[] variables) => _session.Invoke(script, variables);

    /// <summary>Runs a script in a process of its own, as another terminal on this workstation would.</summary>
    public static Process Start(string script)
    {
        var host = Repository.PathOf("src", "LlmOps.Host", "bin", "Release", "net10.0", "llmops-host.dll");
        var start = new ProcessStartInfo("dotnet", [host, "-Command", script]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.Root };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Account.DownFile)) File.Delete(Account.DownFile);
        Run("Remove-GpuRig -All -DrainSeconds 0; Find-GpuOrphan -AnyOwner | Remove-GpuRig");
        await Eventually.TrueAsync(() => !Directory.Exists(Rigs) || !Directory.EnumerateDirectories(Rigs).Any(), "guards have put away the machines that they ended");
        _session.Dispose();
    }
}
