using System.Management.Automation;
using LlmOps.Gpus;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;

namespace LlmOps.Monitoring;

/// <summary>Gets the memory, load, temperature, power and processes of each GPU of one rig or of many at once.</summary>
/// <remarks>
/// <para>Writes one object per GPU, with sizes in bytes, as nvidia-smi, amd-smi or rocm-smi on the rig reports them. All rigs are asked at the same time, and each rig's objects are written when they arrive; a rig that cannot be reached is one error and delays no other.</para>
/// <para>Without -Rig, all rigs that this workstation knows are read.</para>
/// <para>With -Watch, the command goes on until it is stopped (Ctrl+C, or Select-Object -First) and writes all GPUs again at each interval. The readings come over the one connection of the rig; when it breaks, it is made anew for a minute before the rig is given up.</para>
/// <para>Free and Used need not add up to Total, since the driver keeps some memory for itself. On machines whose GPU shares the system's memory, such as GB10, the figures are the system's, and UnifiedMemory is true.</para>
/// </remarks>
/// <example><para>Reads the GPUs of one rig.</para><code>Get-GpuMemory mybox</code></example>
/// <example><para>Finds the GPUs of all rigs that have at least 40 GB free.</para><code>Get-GpuRig | Get-GpuMemory | Where-Object Free -ge 40GB</code></example>
/// <example><para>Watches the first GPU twice a second, ten times.</para><code>Get-GpuMemory mybox -Index 0 -Watch -Interval 0.5 | Select-Object -First 10</code></example>
/// <example><para>Lists who uses the GPUs of a rig.</para><code>Get-GpuMemory mybox | Select-Object -ExpandProperty Processes</code></example>
[Cmdlet(VerbsCommon.Get, "GpuMemory")]
[OutputType(typeof(GpuMemory))]
public sealed class GetGpuMemoryCommand : RigCmdlet
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(50);

    private readonly List<GpuRig> _rigs = [];

    /// <summary>The rigs: names, wildcards or objects. All that are known if it is left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[]? Rig { get; set; }

    /// <summary>Only the GPUs of these numbers; numbers begin at 0.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int[]? Index { get; set; }

    /// <summary>Goes on reading until it is stopped.</summary>
    [Parameter]
    public SwitchParameter Watch { get; set; }

    /// <summary>With -Watch, the time from one reading to the next: a TimeSpan, or a number of seconds. 1 second if it is left out; 0.05 seconds at the least.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many rigs are asked at the same time. With -Watch all are watched at the same time.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = 20;

    /// <inheritdoc/>
    protected override Task BeginAsync(CancellationToken cancel)
    {
        if (Interval < ShortestInterval || Interval > TimeSpan.FromDays(1)) ThrowFailure(GpuErrors.IntervalOutOfRange(Interval));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel)
    {
        if (Rig is not null) _rigs.AddRange(Resolve(Rig));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancel)
    {
        // An empty pipeline asks for no rig, and not for all.
        if (Rig is null && !MyInvocation.ExpectingInput) _rigs.AddRange(Services.Rigs.List());
        var rigs = _rigs.DistinctBy(rig => rig.Name, StringComparer.OrdinalIgnoreCase).ToList();
        if (rigs.Count == 0) return;
        await new RigFanOut(this, Watch ? null : "Reading GPUs").RunAsync(rigs, Watch ? rigs.Count : ThrottleLimit, Watch ? WatchAsync : ReadAsync, cancel);
    }

    private async Task ReadAsync(GpuRig rig, CancellationToken cancel)
    {
        var connection = await ConnectAsync(rig, cancel);
        Write(rig, await connection.InvokeAsync(GpuOperations.Memory, new GpuMemoryArgs(), cancel));
    }

    private async Task WatchAsync(GpuRig rig, CancellationToken cancel)
    {
        var connection = await ConnectPatientlyAsync(rig, cancel);
        await connection.JoinAsync(
            GpuOperations.Watch,
            new GpuWatchArgs((int)Interval.TotalMilliseconds),
            sample =>
            {
                Write(rig, sample);
                return ValueTask.CompletedTask;
            },
            cancel);
    }

    private void Write(GpuRig rig, GpuSample sample)
    {
        foreach (var gpu in sample.Gpus)
            if (Index is null || Index.Contains(gpu.Index)) WriteObject(gpu with { Rig = rig });
    }
}
