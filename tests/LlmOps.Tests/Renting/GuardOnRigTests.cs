using System.Diagnostics;
using System.Globalization;
using LlmOps.Providers.Simulated;
using LlmOps.Renting;
using LlmOps.Rigs;

namespace LlmOps.Tests.Renting;

/// <summary>The guard on simulated machines whose workstation is dead: the process that rented them was killed.</summary>
public sealed class GuardOnRigTests : IDisposable
{
    private const double Speed = 120;

    private readonly RentalSession _lab = new();

    public void Dispose() => _lab.Dispose();

    [LinuxFact]
    public async Task Age_budget_and_idleness_each_end_a_machine_although_nobody_is_there()
    {
        var rents = new[]
        {
            "-Name old -MaxDuration 30m -IdleTimeout 0", "-Name dear -Budget 0.25 -IdleTimeout 0", "-Name idle -IdleTimeout 10m",
        };
        var workstations = rents.Select(limits => RentalSession.Start(FormattableString.Invariant($"$null = New-GpuRig -Provider Simulated -Gpu A40 -Speed {Speed} {limits}; Start-Sleep 600"))).ToList();
        await Eventually.TrueAsync(() => _lab.Rentals.Count(rental => rental.ReadyAt is not null) == rents.Length, "three rigs are ready");
        foreach (var workstation in workstations) workstation.Kill(entireProcessTree: true);

        await Eventually.TrueAsync(() => _lab.Living.Count == 0, "all three have ended by themselves");
        var ended = _lab.Account.ReadMachines().ToDictionary(machine => _lab.Rentals.Single(rental => rental.MachineId == machine.Id).Terms.RigName);
        Assert.InRange(ended["old"].Billed(DateTimeOffset.UtcNow), TimeSpan.FromMinutes(25), TimeSpan.FromMinutes(40));
        Assert.InRange(ended["dear"].Cost(DateTimeOffset.UtcNow), 0.2m, 0.33m);
        Assert.True(ended["idle"].Billed(DateTimeOffset.UtcNow) < TimeSpan.FromHours(2));

        var after = _lab.Run("Get-GpuRig").NoErrors();
        Assert.Empty(after.Output);
        Assert.Equal(3, after.Warnings.Count(warning => warning.Contains("is over", StringComparison.Ordinal)));
        Assert.Empty(_lab.Run("Find-GpuOrphan").NoErrors().Output);
    }

    [LinuxFact]
    public async Task A_machine_on_which_somebody_is_logged_in_is_not_idle_until_they_leave()
    {
        var rig = _lab.Run(FormattableString.Invariant($"New-GpuRig -Provider Simulated -Gpu A40 -Speed {Speed} -IdleTimeout 10m -Name lab")).NoErrors().Single<GpuRig>();
        using var login = Ssh(rig, "sleep 600");
        var began = Stopwatch.GetTimestamp();
        var state = Path.Join(rig.Simulation!.Folder, "home/.llmops/guard/state.json");
        await Eventually.TrueAsync(() => ReadState(state).Contains("SSH session", StringComparison.Ordinal), "the guard has seen the login");
        await Eventually.TrueAsync(() => Stopwatch.GetElapsedTime(began).TotalSeconds * Speed > TimeSpan.FromMinutes(22).TotalSeconds, "more than twice the limit has passed");
        Assert.Single(_lab.Living);

        login.Kill();
        await Eventually.TrueAsync(() => _lab.Living.Count == 0, "it ended once they had left");
    }

    [LinuxFact]
    public async Task A_provider_that_is_down_when_the_time_is_over_is_asked_until_it_answers()
    {
        var rig = _lab.Run(FormattableString.Invariant($"New-GpuRig -Provider Simulated -Gpu A40 -Speed {Speed} -MaxDuration 25m -IdleTimeout 0 -Name lab")).NoErrors().Single<GpuRig>();
        File.WriteAllText(_lab.Account.DownFile, "");
        var machine = _lab.Account.ReadMachines().Single();
        var state = Path.Join(rig.Simulation!.Folder, "home/.llmops/guard/state.json");
        await Eventually.TrueAsync(() => machine.Billed(DateTimeOffset.UtcNow) > TimeSpan.FromMinutes(36), "the provider was down for ten minutes beyond the end");
        Assert.Single(_lab.Living);
        Assert.Contains("can't be reached", ReadState(state), StringComparison.Ordinal);

        File.Delete(_lab.Account.DownFile);
        await Eventually.TrueAsync(() => _lab.Living.Count == 0, "it ended once the provider answered");
        Assert.InRange(_lab.Account.ReadMachines().Single().Billed(DateTimeOffset.UtcNow), TimeSpan.FromMinutes(36), TimeSpan.FromMinutes(55));
    }

    [LinuxFact]
    public async Task Processes_killed_while_they_rent_leave_nothing_that_a_sweep_does_not_end()
    {
        var random = new Random(11);
        for (var round = 0; round < 4; round++)
        {
            var before = _lab.Rentals.Count;
            var workstation = RentalSession.Start("Use-GpuRig { Start-Sleep 600 } -Provider Simulated -Gpu A40 -Speed 20");
            await Eventually.TrueAsync(() => _lab.Rentals.Count > before, "a machine was about to be asked for");
            await Task.Delay(random.Next(0, 4000));
            workstation.Kill(entireProcessTree: true);
            await workstation.WaitForExitAsync();
        }

        _lab.Run("Find-GpuOrphan | Remove-GpuRig").NoErrors();
        Assert.Empty(_lab.Living);
        Assert.Equal(4, _lab.Rentals.Count);
        Assert.All(_lab.Rentals, rental => Assert.Equal(RentalState.Gone, rental.State));
    }

    private static string ReadState(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static Process Ssh(GpuRig rig, string command) => Process.Start(new ProcessStartInfo("ssh",
        ["-F", "none", "-i", rig.Ssh!.IdentityFile[0], "-o", $"UserKnownHostsFile={rig.Ssh.KnownHostsFile}", "-o", "BatchMode=yes", "-p", rig.Ssh.Port!.Value.ToString(CultureInfo.InvariantCulture), $"{rig.Ssh.UserName}@{rig.Ssh.HostName}", command])
    { RedirectStandardInput = true, RedirectStandardOutput = true })!;
}
