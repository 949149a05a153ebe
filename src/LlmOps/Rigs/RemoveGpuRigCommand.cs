using System.Management.Automation;
using LlmOps.Infrastructure;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Rigs;

/// <summary>Forgets an attached rig, or ends a simulated one.</summary>
/// <remarks>
/// <para>A machine that was attached by SSH stays as it is: it goes on running, with all that runs on it, and goes on being billed by whoever
/// owns it. Stop its servers first with Stop-LlmServer. A simulated rig is ended: its processes, its ports and its folder are gone afterwards.</para>
/// </remarks>
/// <example><para>Forget a rig.</para><code>Remove-GpuRig big</code></example>
/// <example><para>End all simulated rigs.</para><code>Get-GpuRig | Where-Object IsSimulated | Remove-GpuRig</code></example>
[Cmdlet(VerbsCommon.Remove, "GpuRig", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveGpuRigCommand : RigCmdlet
{
    /// <summary>The rigs: names, wildcards or objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[] Rig { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        foreach (var rig in Resolve(Rig))
        {
            if (!ShouldProcess(rig.Label, rig.IsSimulated ? "End simulated rig" : "Forget rig (the machine stays as it is)")) continue;
            await Services.Connections.CloseAsync(rig);
            if (rig.IsSimulated) await new SimulatedRigHost(Services.Time).DestroyAsync(rig);
            Services.Rigs.Remove(rig.Name);
            if (rig.Kind == RigKind.Ssh)
                WriteWarning($"Rig '{rig.Name}' is forgotten here. The machine {rig.Ssh} itself still runs, and is billed by whoever owns it.");
        }
    }
}
