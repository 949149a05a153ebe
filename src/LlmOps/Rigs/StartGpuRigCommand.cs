using System.Management.Automation;
using LlmOps.Infrastructure;
using LlmOps.Renting;

namespace LlmOps.Rigs;

/// <summary>Starts rented machines again that were stopped, and waits until they can be used.</summary>
/// <remarks>
/// <para>The address, the port and the host key may be others afterwards: they are read anew from the provider, and pinned anew. The guard is armed again with what is left of the rig's limits. Where the
/// GPUs were taken meanwhile, the provider's refusal is the error, and the machine stays stopped.</para>
/// </remarks>
/// <example><para>Start a rig again.</para><code>Start-GpuRig big</code></example>
/// <example><para>Start all that is stopped.</para><code>Get-GpuRig | Where-Object { $_.Rental.Status.State -eq 'Stopped' } | Start-GpuRig</code></example>
[Cmdlet(VerbsLifecycle.Start, "GpuRig", SupportsShouldProcess = true)]
[OutputType(typeof(GpuRig))]
public sealed class StartGpuRigCommand : RentedRigCmdlet
{
    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel) => ForEachAsync(async (rig, rental, provider) =>
    {
        var start = StopStartOf(provider);
        if (!ShouldProcess(rig.Label, $"Start machine ({rental.Terms}; {rental.Terms.Limits})")) return;
        using var progress = new ProgressLine(this, $"Starting rig {rig.Name}");
        progress.Report($"Asking {provider.Info.Name}");
        await Services.Connections.CloseAsync(rig);
        await start.StartAsync(rental.MachineId!, cancel);
        Services.Journal.Append(rental.Id, RentalEvent.Started);
        File.Delete(RentalKey.KnownHosts(Services.Home, rental.Id)); // we have started it anew, so its new key is to be expected
        var report = new Progress<RentalProgress>(state => progress.Report(state.Detail));
        var warn = new Progress<string>(WriteWarning);
        WriteObject(await Services.Provisioner(Providers).ResumeAsync(
            Services.Journal.Find(rental.Id)!, ((IProgress<RentalProgress>)report).Report, ((IProgress<string>)warn).Report, cancel));
    });
}
