using System.Management.Automation;
using LlmOps.Infrastructure;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;

namespace LlmOps.Rigs;

/// <summary>Looks at a rig and reports its facts as one object: system, driver, GPUs and their links, memory, disks, limits and tools.</summary>
/// <remarks>
/// <para>Writes one RigReport per rig. Sizes are in bytes. A fact that cannot be read is null, and Notes says why; a rig without a GPU has an empty list of Gpus and a note.</para>
/// <para>Nothing on the rig is changed. Many rigs are looked at at the same time; a rig that cannot be reached is one error and delays no other.</para>
/// </remarks>
/// <example><para>Shows the facts of a rig.</para><code>Test-GpuRig mybox</code></example>
/// <example><para>Shows how the GPUs of a rig are linked.</para><code>(Test-GpuRig mybox).Gpus | Format-Table Index, Name, ComputeCapability, Links</code></example>
/// <example><para>Lists the rigs whose volume for models has less than 100 GB free.</para><code>Get-GpuRig | Test-GpuRig | Where-Object ModelDiskFree -lt 100GB</code></example>
[Cmdlet(VerbsDiagnostic.Test, "GpuRig")]
[OutputType(typeof(RigReport))]
public sealed class TestGpuRigCommand : RigCmdlet
{
    private readonly List<GpuRig> _rigs = [];

    /// <summary>The rigs: names, wildcards or objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[] Rig { get; set; } = [];

    /// <summary>How many rigs are looked at at the same time.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = 32;

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel)
    {
        _rigs.AddRange(Resolve(Rig));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancel)
    {
        var rigs = _rigs.DistinctBy(rig => rig.Name, StringComparer.OrdinalIgnoreCase).ToList();
        if (rigs.Count > 0) await new RigFanOut(this, "Looking at rigs").RunAsync(rigs, ThrottleLimit, ReadAsync, cancel);
    }

    private async Task ReadAsync(GpuRig rig, CancellationToken cancel)
    {
        var connection = await ConnectAsync(rig, cancel);
        var report = await connection.InvokeAsync(RigFactsOperations.Read, Nothing.Value, cancel);
        WriteObject(report with { Rig = rig, ClockDifference = report.Timestamp - Services.Time.GetUtcNow() });
    }
}
