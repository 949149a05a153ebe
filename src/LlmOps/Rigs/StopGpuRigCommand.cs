using System.Management.Automation;
using LlmOps.Infrastructure;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.Providers;
using LlmOps.Renting;

namespace LlmOps.Rigs;

/// <summary>Stops rented machines where their provider can, so that they can be started again.</summary>
/// <remarks>
/// <para>What stopping costs and risks differs: what the provider says of it is shown by -WhatIf and -Confirm, and warned about. The disk often bills on, and the GPUs may be taken when the machine is to start
/// again. A rig whose models are on a volume is better removed and rented anew.</para>
/// <para>A stopped machine has no guard: it bills what it bills until it is started or removed. Where stopping it fails, it gets its guard back.</para>
/// </remarks>
/// <example><para>See what stopping would mean.</para><code>Stop-GpuRig big -WhatIf</code></example>
/// <example><para>Stop a rig over night.</para><code>Stop-GpuRig big
/// # the next morning
/// Start-GpuRig big</code></example>
[Cmdlet(VerbsLifecycle.Stop, "GpuRig", SupportsShouldProcess = true)]
[OutputType(typeof(GpuRig))]
public sealed class StopGpuRigCommand : RentedRigCmdlet
{
    private static readonly TimeSpan ReachLimit = TimeSpan.FromSeconds(15);

    /// <summary>Writes the rigs.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel) => ForEachAsync(async (rig, rental, provider) =>
    {
        var stop = StopStartOf(provider);
        if (!ShouldProcess(rig.Label, $"Stop machine ({stop.StopConsequence})")) return;
        using var progress = new ProgressLine(this, $"Stopping rig {rig.Name}");
        try
        {
            progress.Report("Taking its guard back");
            await DisarmAsync(rig, cancel);
            progress.Report($"Asking {provider.Info.Name}");
            await stop.StopAsync(rental.MachineId!, cancel);
        }
        catch (Exception failure) when (failure is LlmOpsException or OperationCanceledException)
        {
            if (rental.Terms.Guarded) await RearmAsync(rig, rental, provider);
            throw;
        }

        Services.Journal.Append(rental.Id, RentalEvent.Stopped);
        await Services.Connections.CloseAsync(rig);
        WriteWarning($"Rig '{rig.Name}' is stopped. {stop.StopConsequence}");
        if (PassThru) WriteObject(rig);
    });

    private async Task DisarmAsync(GpuRig rig, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(ReachLimit);
        try
        {
            await Services.Connections.Get(rig).InvokeAsync(GuardOperations.Disarm, Nothing.Value, limit.Token);
        }
        catch (Exception unreachable) when (unreachable is LlmOpsException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            WriteWarning($"The guard of '{rig.Name}' could not be taken back ({unreachable.Message}); it may count the time for which the machine is stopped.");
        }
    }

    /// <summary>A machine that is not stopped gets its guard back.</summary>
    private async Task RearmAsync(GpuRig rig, Rental rental, IGpuProvider provider)
    {
        if (rental.Terms.LacksGuardKey(provider.Info) || !await TryUndoAsync(ReachLimit, limit => Services.Access.PrepareAsync(rig, new GuardOrder(rental, provider.Info, Providers.KeyForMachine(provider.Info), Services.Time), limit)))
            WriteWarning($"Rig '{rig.Name}' may still run, and its guard is off: nothing ends it by itself. End it with Remove-GpuRig '{rig.Name}'.");
    }
}
