using System.Management.Automation;
using LlmOps.Infrastructure;
using LlmOps.Providers;
using LlmOps.Renting;

namespace LlmOps.Rigs;

/// <summary>Starts rented machines again that were stopped, and waits until they can be used.</summary>
/// <remarks>
/// <para>The address, the port and the host key may be others afterwards: they are read anew from the provider, and pinned anew. The guard is armed again with what is left of the rig's limits. Where the
/// GPUs were taken meanwhile, the provider's refusal is the error, and the machine stays stopped. One that does not become ready is stopped again.</para>
/// </remarks>
/// <example><para>Start a rig again.</para><code>Start-GpuRig big</code></example>
/// <example><para>Start all that is stopped.</para><code>Get-GpuRig | Where-Object { $_.Rental.Status.State -eq 'Stopped' } | Start-GpuRig</code></example>
[Cmdlet(VerbsLifecycle.Start, "GpuRig", SupportsShouldProcess = true)]
[OutputType(typeof(GpuRig))]
public sealed class StartGpuRigCommand : RentedRigCmdlet
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel) => ForEachAsync(async (rig, rental, provider) =>
    {
        var start = StopStartOf(provider);
        if (!ShouldProcess(rig.Label, $"Start machine ({rental.Terms}; {rental.Terms.Limits})")) return;
        using var progress = new ProgressLine(this, $"Starting rig {rig.Name}");
        progress.Report($"Asking {provider.Info.Name}");
        await Services.Connections.CloseAsync(rig);
        var begun = false;
        GpuRig started;
        try
        {
            await start.StartAsync(rental.MachineId!, cancel);
            begun = true;
            Services.Journal.Append(rental.Id, RentalEvent.Started);
            File.Delete(RentalKey.KnownHosts(Services.Home, rental.Id)); // we have started it anew, so its new key is to be expected
            var report = new Progress<RentalProgress>(state => progress.Report(state.Detail));
            var warn = new Progress<string>(WriteWarning);
            started = await Services.Provisioner(Providers).ResumeAsync(
                Services.Journal.Find(rental.Id)!, ((IProgress<RentalProgress>)report).Report, ((IProgress<string>)warn).Report, cancel);
        }
        catch (Exception failure) when (failure is OperationCanceledException || (begun && failure is LlmOpsException))
        {
            await StopAgainAsync(rig, rental, start);
            throw;
        }

        WriteObject(started);
    });

    /// <summary>A machine that did not become ready has no guard, and would bill for as long as nobody looks.</summary>
    private async Task StopAgainAsync(GpuRig rig, Rental rental, IStopStart stop)
    {
        var stopped = await TryUndoAsync(StopLimit, async limit =>
        {
            await stop.StopAsync(rental.MachineId!, limit);
            Services.Journal.Append(rental.Id, RentalEvent.Stopped);
        });
        WriteWarning(stopped
            ? $"Rig '{rig.Name}' did not become ready, and is stopped again. {stop.StopConsequence}"
            : $"Rig '{rig.Name}' may run, and has no guard: nothing ends it by itself. End it with Remove-GpuRig '{rig.Name}'.");
    }
}
