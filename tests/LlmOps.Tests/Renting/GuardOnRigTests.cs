using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using LlmOps.Renting;
using LlmOps.Rigs;

namespace LlmOps.Tests.Renting;

/// <summary>The guard on simulated machines whose workstation is dead: the process that rented them was killed.</summary>
public sealed class GuardOnRigTests : IAsyncLifetime
{
    private const double Speed = 120;

    private static readonly TimeSpan TwiceIdle = TimeSpan.FromSeconds(11); // 22 minutes by the machine's clock
    private static readonly TimeSpan Slowness = TimeSpan.FromMinutes(15); // seven seconds by the clock of this machine, which may be busy

    private readonly RentalSession _lab = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [LinuxFact]
    public async Task Age_budget_and_idleness_each_end_a_machine_although_nobody_is_there()
    {
        string[] limits = ["-Name old -MaxDuration 40m -IdleTimeout 0", "-Name dear -Budget 0.30 -IdleTimeout 0", "-Name idle -IdleTimeout 10m"];
        var rents = limits.Select(limit => Invariant($"$null = New-GpuRig -Provider Simulated -Gpu A40 -Speed {Speed} -NoWait {limit}"));
        using var workstation = RentalSession.Start($"{string.Join("; ", rents)}; Start-Sleep 600");
        await Eventually.TrueAsync(() => _lab.Rentals.Count(rental => rental.ReadyAt is not null) == limits.Length, "three rigs are ready");
        workstation.Kill(); // and nothing of the machines, whose sshd is a child of the process that rented them

        await Eventually.TrueAsync(() => _lab.Living.Count == 0, "all three have ended by themselves");
        var ended = _lab.Account.ReadMachines().ToDictionary(machine => _lab.Rentals.Single(rental => rental.MachineId == machine.Id).Terms.RigName, machine => machine.Billed(DateTimeOffset.UtcNow));
        Assert.InRange(ended["old"], TimeSpan.FromMinutes(38), TimeSpan.FromMinutes(40) + Slowness);
        Assert.InRange(ended["dear"], TimeSpan.FromMinutes(38), TimeSpan.FromMinutes(40) + Slowness); // $0.45 an hour
        var idle = _lab.Rentals.Single(rental => rental.Terms.RigName == "idle");
        Assert.True(ended["idle"] < (idle.ReadyAt!.Value - idle.CreatedAt!.Value) * Speed + TimeSpan.FromMinutes(10) + Slowness, $"The idle one was billed for {ended["idle"]}.");

        var after = _lab.Run("Get-GpuRig").NoErrors();
        Assert.Empty(after.Output);
        Assert.Equal(3, after.Warnings.Count(warning => warning.Contains("is over", StringComparison.Ordinal)));
        Assert.Empty(_lab.Run("Find-GpuOrphan").NoErrors().Output);
    }

    [LinuxFact]
    public async Task A_machine_that_is_used_is_not_idle_until_nobody_uses_it_any_more()
    {
        var rig = _lab.Run(Invariant($"New-GpuRig -Provider Simulated -Gpu A40 -Speed {Speed} -IdleTimeout 10m -Name lab")).NoErrors().Single<GpuRig>();

        // A command, which this session waits for.
        Assert.Equal(["done"], _lab.Run(Invariant($"Invoke-GpuRigCommand lab 'sleep {TwiceIdle.TotalSeconds}; echo done'")).NoErrors().Single<RigCommandResult>().Output);
        Assert.Equal("a command", LastUse(rig));

        // A login of somebody else's.
        using (var login = Ssh(rig, "sleep 600"))
        {
            await Eventually.TrueAsync(() => LastUse(rig) == "an SSH session", "the guard has seen the login");
            await Task.Delay(TwiceIdle);
            Assert.Single(_lab.Living);
            _lab.Run("$server = Get-HfModel Qwen/Qwen2.5-0.5B-Instruct -Rig lab | Start-VllmServer -Name busy; $tunnel = $server | New-LlmTunnel").NoErrors();
            login.Kill();
        }

        // A server that is asked now and then.
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < TwiceIdle) _lab.Run("$tunnel | Invoke-LlmChat 'Hello?'; Start-Sleep 1").NoErrors();
        Assert.Contains("busy", LastUse(rig), StringComparison.Ordinal);
        Assert.Single(_lab.Living);

        // The tunnel stays, as a prompt does that nobody sits at.
        await Eventually.TrueAsync(() => _lab.Living.Count == 0, "it ended once nobody used it");
        _lab.Run("$tunnel | Remove-LlmTunnel");
    }

    [LinuxFact]
    public async Task A_provider_that_is_down_when_the_time_is_over_is_asked_until_it_answers()
    {
        var rig = _lab.Run(Invariant($"New-GpuRig -Provider Simulated -Gpu A40 -Speed {Speed} -IdleTimeout 0 -Name lab")).NoErrors().Single<GpuRig>();
        var machine = _lab.Account.ReadMachines().Single();
        var end = TimeSpan.FromMinutes(Math.Ceiling(machine.Billed(DateTimeOffset.UtcNow).TotalMinutes) + 8);
        _lab.Run(Invariant($"Set-GpuRig lab -MaxDuration {end.TotalMinutes}m")).NoErrors();
        File.WriteAllText(_lab.Account.DownFile, "");
        await Eventually.TrueAsync(() => machine.Billed(DateTimeOffset.UtcNow) > end + TimeSpan.FromMinutes(10), "the provider was down for ten minutes beyond the end");
        Assert.Single(_lab.Living);
        Assert.Contains("simulated to be down", ReadState(rig)?["said"]?.GetValue<string>(), StringComparison.Ordinal);

        File.Delete(_lab.Account.DownFile);
        await Eventually.TrueAsync(() => _lab.Living.Count == 0, "it ended once the provider answered");
        Assert.InRange(_lab.Account.ReadMachines().Single().Billed(DateTimeOffset.UtcNow), end + TimeSpan.FromMinutes(10), end + TimeSpan.FromMinutes(11) + Slowness);
    }

    [LinuxFact]
    public async Task Processes_killed_while_they_rent_leave_nothing_that_a_sweep_does_not_end()
    {
        var random = new Random(11);
        for (var round = 0; round < 3; round++)
        {
            var before = _lab.Rentals.Count;
            using var workstation = RentalSession.Start("Use-GpuRig { Start-Sleep 600 } -Provider Simulated -Gpu A40 -Speed 20");
            await Eventually.TrueAsync(() => _lab.Rentals.Count > before, "a machine was about to be asked for");
            await Task.Delay(random.Next(0, 4000));
            workstation.Kill();
            await workstation.WaitForExitAsync();
        }

        _lab.Run("Find-GpuOrphan | Remove-GpuRig").NoErrors();
        Assert.Empty(_lab.Living);
        Assert.Equal(3, _lab.Rentals.Count);
        Assert.All(_lab.Rentals, rental => Assert.Equal(RentalState.Gone, rental.State));
    }

    private static string? LastUse(GpuRig rig) => ReadState(rig)?["lastUse"]?.GetValue<string>();

    private static JsonNode? ReadState(GpuRig rig)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Path.Join(rig.Simulation!.Folder, "home/.llmops/guard/state.json")));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static Process Ssh(GpuRig rig, string command) => Process.Start(new ProcessStartInfo("ssh",
        ["-F", "none", "-i", rig.Ssh!.IdentityFile[0], "-o", $"UserKnownHostsFile={rig.Ssh.KnownHostsFile}", "-o", "BatchMode=yes", "-p", rig.Ssh.Port!.Value.ToString(CultureInfo.InvariantCulture), $"{rig.Ssh.UserName}@{rig.Ssh.HostName}", command])
    { RedirectStandardInput = true, RedirectStandardOutput = true })!;
}
