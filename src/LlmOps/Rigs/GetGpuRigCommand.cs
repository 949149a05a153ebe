using System.Management.Automation;
using LlmOps.Infrastructure;

namespace LlmOps.Rigs;

/// <summary>Lists the rigs that this workstation knows.</summary>
/// <remarks>
/// <para>What is shown is how to reach each rig and what its GPUs were when they were last looked at; no rig is asked. Get-GpuMemory,
/// Test-GpuRig and Get-LlmServer ask the rigs themselves.</para>
/// </remarks>
/// <example><para>List all rigs.</para><code>Get-GpuRig</code></example>
/// <example><para>Look at the memory of all rigs whose name begins with a40.</para><code>Get-GpuRig a40* | Get-GpuMemory</code></example>
[Cmdlet(VerbsCommon.Get, "GpuRig")]
[OutputType(typeof(GpuRig))]
public sealed class GetGpuRigCommand : RigCmdlet
{
    /// <summary>Names or wildcards; without it, all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel)
    {
        WriteObject(Resolve(Name.Select(name => new RigArgument(name))), enumerateCollection: true);
        return Task.CompletedTask;
    }
}
