using LlmOps.Gpus;
using LlmOps.Providers;
using LlmOps.Providers.Simulated;
using LlmOps.Renting;
using LlmOps.Rigs;

namespace LlmOps.Tests.Renting;

/// <summary>Renting, using and giving back at the simulated provider, as a person at the prompt does it.</summary>
public sealed class RentingTests : IAsyncLifetime
{
    private readonly RentalSession _lab = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [LinuxFact]
    public void A_rig_is_rented_used_and_given_back()
    {
        var rig = _lab.Run("New-GpuRig -Provider Simulated -Gpu a40 -GpuCount 2 -Speed 60 -Budget 20 -Name lab").NoErrors().Single<GpuRig>();
        Assert.Equal((RigKind.Simulated, "NVIDIA A40", 2), (rig.Kind, rig.Gpu, rig.GpuCount));
        Assert.Equal(2, _lab.Run("Get-GpuMemory lab").NoErrors().Output.Count);
        Assert.True(File.Exists(rig.Ssh!.IdentityFile[0]));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(rig.Ssh.IdentityFile[0]));

        var status = _lab.Run("Get-GpuRig lab").NoErrors().Single<GpuRig>().Rental!.Status!;
        Assert.Equal(RentalState.Ready, status.State);
        Assert.Equivalent(new[] { RigEndKind.Budget, RigEndKind.Idle, RigEndKind.Lifetime }, status.Ends.Select(end => end.Kind), strict: true);
        Assert.All(status.Ends, end => Assert.Equal("guard", end.ArmedBy));
        Assert.InRange(status.Ends.Single(end => end.Kind == RigEndKind.Lifetime).TimeLeft!.Value, TimeSpan.FromHours(4), TimeSpan.FromHours(8));
        Assert.Equal(["RigExists"], _lab.Run("New-GpuRig -Provider Simulated -Name lab").ErrorIds);
        var screen = _lab.Session.Show("Get-GpuRig; Get-LlmCost");
        Assert.Contains("simulated", screen, StringComparison.OrdinalIgnoreCase);

        _lab.Run("Set-GpuRig lab -MaxDuration 12h -IdleTimeout 2h").NoErrors();
        Assert.Equal(TimeSpan.FromHours(12), _lab.Run("Get-GpuRig lab").Single<GpuRig>().Rental!.Limits.MaxDuration);

        var receipt = _lab.Run("Remove-GpuRig lab").NoErrors().Single<RigReceipt>();
        Assert.True(receipt is { IsSimulated: true, Cost: > 0, IsCostFromProvider: true, StillBilled.Count: 0 }, receipt.ToString());
        Assert.Empty(_lab.Living);
        Assert.Empty(_lab.Run("Get-GpuRig").Output);
        Assert.Empty(Directory.EnumerateFiles(_lab.Home.Keys));
        Assert.Equal(receipt.Cost, _lab.Run("Get-LlmCost lab").Single<RigCost>().Cost);
        Assert.False(Directory.Exists(_lab.Account.RigOf(receipt.MachineId!).Path));
    }

    [LinuxFact]
    public void The_price_and_the_ceiling_are_shown_before_anything_is_paid()
    {
        var result = _lab.Run("New-GpuRig -Provider Simulated -Gpu A40 -GpuCount 2 -MaxDuration 4h -Budget 20 -WhatIf").NoErrors();
        var text = _lab.Session.Host.Screen.ToString();
        Assert.Contains("2×A40", text, StringComparison.Ordinal);
        Assert.Contains("4 h, $20.00 or 30 min without use", text, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Empty(_lab.Account.ReadMachines());
        Assert.Empty(_lab.Rentals);

        Assert.Equal(["NoGpuOffer"], _lab.Run("New-GpuRig -Provider Simulated -Gpu A40 -MaxPricePerHour 0.01").ErrorIds);
        Assert.Equal(["RentalLimitInvalid"], _lab.Run("New-GpuRig -Provider Simulated -Gpu A40 -MaxDuration 10").ErrorIds);
        Assert.Equal(["RentalLimitInvalid"], _lab.Run("New-GpuRig -Provider Simulated -Gpu A40 -Budget 0.01").ErrorIds);
        Assert.Equal(["IdentityFileNotFound"], _lab.Run("New-GpuRig -Provider Simulated -Gpu A40 -Volume models -VolumeSizeGB 10 -IdentityFile ./nowhere").ErrorIds);
        Assert.Empty(_lab.Account.ReadVolumes());
        Assert.Equal(["ProviderUnknown"], _lab.Run("New-GpuRig -Provider Nobody -Gpu A40").ErrorIds);
        Assert.Equal(["VolumeNotFound"], _lab.Run("New-GpuRig -Provider Simulated -Gpu A40 -Volume models").ErrorIds);
        Assert.Contains(_lab.Run("New-GpuRig -Provider Simulated -Gpu A40 -NoGuard -WhatIf").Warnings, warning => warning.Contains("nothing ends the machine", StringComparison.Ordinal));
        Assert.Empty(_lab.Rentals);
    }

    [LinuxFact]
    public async Task Of_many_offers_one_machine_is_rented()
    {
        using var provider = new SimulatedGpuProvider(_lab.Account, "", 60, TimeProvider.System);
        var offers = (await provider.FindOffersAsync(new OfferQuery { GpuCount = 1 }, CancellationToken.None)).ToArray();
        Assert.Equal(["NoGpuOffer"], _lab.Run("$offers | New-GpuRig -Region mars-* -Speed 60", ("offers", offers)).ErrorIds);
        var rig = _lab.Run("$offers | New-GpuRig -Region simulated-? -Speed 60", ("offers", offers)).NoErrors().Single<GpuRig>();
        Assert.Equal(offers[0].Gpu, GpuCatalog.Get(rig.Gpu!).Name);
        Assert.Single(_lab.Living);
    }

    [LinuxFact]
    public void A_volume_outlives_its_machine_and_is_named_on_the_receipt()
    {
        _lab.Run("New-GpuRig -Provider Simulated -Gpu A40 -Speed 60 -Volume models -VolumeSizeGB 100 -Name one").NoErrors();
        _lab.Run("Invoke-GpuRigCommand one 'echo kept > ~/.cache/huggingface/note'").NoErrors();
        var receipt = _lab.Run("Remove-GpuRig one").NoErrors().Single<RigReceipt>();
        Assert.Equal("volume 'models', 100 GiB in simulated-1, $7.00 a month", Assert.Single(receipt.StillBilled));

        _lab.Run("New-GpuRig -Provider Simulated -Gpu A40 -Speed 60 -Volume models -Name two").NoErrors();
        var read = _lab.Run("Invoke-GpuRigCommand two 'cat ~/.cache/huggingface/note'").NoErrors().Single<RigCommandResult>();
        Assert.Equal(["kept"], read.Output);
        Assert.Single(_lab.Account.ReadVolumes());
        Assert.Equal(["VolumeElsewhere"], _lab.Run("New-GpuRig -Provider Simulated -Gpu A40 -Volume models -Region mars-1").ErrorIds);
    }

    [LinuxFact]
    public void A_stopped_machine_costs_nothing_and_is_found_again_at_its_new_address()
    {
        var before = _lab.Run("New-GpuRig -Provider Simulated -Gpu A40 -Speed 60 -Name lab").NoErrors().Single<GpuRig>();
        var stopped = _lab.Run("Stop-GpuRig lab").NoErrors();
        Assert.Contains(stopped.Warnings, warning => warning.Contains("stopped", StringComparison.Ordinal));
        var cost = _lab.Account.ReadMachines().Single().Cost(DateTimeOffset.UtcNow);
        Assert.Equal(RentalState.Stopped, _lab.Run("Get-GpuRig lab").NoErrors().Single<GpuRig>().Rental!.Status!.State);
        Assert.Equal(cost, _lab.Account.ReadMachines().Single().Cost(DateTimeOffset.UtcNow.AddHours(1)));

        var after = _lab.Run("Start-GpuRig lab").NoErrors().Single<GpuRig>();
        Assert.NotEqual(before.Ssh!.Port, after.Ssh!.Port);
        Assert.Single(_lab.Run("Get-GpuMemory lab").NoErrors().Output);
        Assert.Equal("guard", _lab.Run("Get-GpuRig lab").NoErrors().Single<GpuRig>().Rental!.Status!.Next!.ArmedBy);
    }

    [LinuxFact]
    public async Task A_block_has_its_rig_for_its_own_length_however_it_ends()
    {
        var good = _lab.Run("Use-GpuRig { $_.Gpu; 'second' } -Provider Simulated -Gpu A40 -Speed 60").NoErrors();
        Assert.Equal(["NVIDIA A40", "second"], good.Output.Select(item => item.ToString()));
        Assert.Contains(good.Information, record => record.Tags.Contains("RigReceipt"));
        Assert.Empty(_lab.Living);

        var bad = _lab.Run("Use-GpuRig { throw 'no' } -Provider Simulated -Gpu A40 -Speed 60");
        Assert.Contains("no", Assert.Single(bad.Errors).ToString(), StringComparison.Ordinal);
        Assert.Empty(_lab.Living);

        Assert.Single(_lab.Run("Use-GpuRig { 1..1000 } -Provider Simulated -Gpu A40 -Speed 60 | Select-Object -First 1").Output);
        await Eventually.TrueAsync(() => _lab.Living.Count == 0, "the machine of a pipeline that ended early is gone");
    }

    [LinuxFact]
    public async Task Ctrl_C_at_any_moment_leaves_no_machine()
    {
        foreach (var moment in new Func<SessionResult, bool>[] { run => run.Progress.Any(), _ => _lab.Living.Count > 0, _ => _lab.Rentals.Any(rental => rental.State == RentalState.Ready) })
        {
            var stopped = _lab.Session.StopAfter("Use-GpuRig { Start-Sleep 600 } -Provider Simulated -Gpu A40 -Speed 60", moment);
            Assert.True(stopped.StopTime < TimeSpan.FromSeconds(3.5), $"It took {stopped.StopTime.TotalSeconds:0.0} s.");
            await Eventually.TrueAsync(() => _lab.Living.Count == 0 && _lab.Rentals.All(rental => !rental.IsOpen), "no machine is left");
        }

        Assert.Empty(_lab.Run("Find-GpuOrphan").NoErrors().Output);
    }

    [LinuxFact]
    public void What_a_lost_workstation_has_left_is_found_and_ended_from_another()
    {
        _lab.Run("New-GpuRig -Provider Simulated -Gpu A40 -Speed 60 -Name lab").NoErrors();
        Assert.Empty(_lab.Run("Find-GpuOrphan").NoErrors().Output);
        File.Delete(_lab.Home.Journal);
        File.Delete(_lab.Home.Owner);
        Directory.Delete(_lab.Home.Rigs, recursive: true);

        Assert.Empty(_lab.Run("Find-GpuOrphan").NoErrors().Output);
        var orphan = _lab.Run("Find-GpuOrphan -AnyOwner").NoErrors().Single<RigOrphan>();
        Assert.Equal(OrphanReason.Unknown, orphan.Reason);
        Assert.True(_lab.Run("Find-GpuOrphan -AnyOwner | Remove-GpuRig").NoErrors().Single<RigReceipt>().Cost > 0);
        Assert.Empty(_lab.Living);
    }

    [LinuxFact]
    public void A_provider_that_is_down_is_said_to_be_and_nothing_is_forgotten()
    {
        _lab.Run("New-GpuRig -Provider Simulated -Gpu A40 -Speed 60 -Name lab").NoErrors();
        File.WriteAllText(_lab.Account.DownFile, "");
        var shown = _lab.Run("Get-GpuRig lab").NoErrors();
        Assert.Contains(shown.Warnings, warning => warning.Contains("journal", StringComparison.Ordinal));
        Assert.Equal("lab", shown.Single<GpuRig>().Name);
        Assert.Equal(["ProviderUnreachable"], _lab.Run("Find-GpuOrphan").ErrorIds);
        File.Delete(_lab.Account.DownFile);
        _lab.Run("Remove-GpuRig -All").NoErrors().Single<RigReceipt>();
    }

    [LinuxFact]
    public void What_was_not_rented_cannot_be_stopped_from_here()
    {
        _lab.Run("New-GpuRig -Simulated -Name own -Speed 200").NoErrors();
        Assert.Equal(["RigNotRented", "RigNotRented", "RigNotRented"], _lab.Run("Stop-GpuRig own; Start-GpuRig own; Set-GpuRig own -Budget 3").ErrorIds);
        _lab.Run("Remove-GpuRig own").NoErrors();
    }
}
