using System.Management.Automation;
using LlmOps.Hub;
using LlmOps.Infrastructure;
using LlmOps.Preflight;
using LlmOps.Protocol.Operations;

namespace LlmOps.Rigs;

/// <summary>Checks a rig before anything is spent on it, and reports its facts: one object with verdicts, each with what was seen, what helps and the raw evidence.</summary>
/// <remarks>
/// <para>Writes one RigReport per rig. Checks has a verdict for each of: the GPUs, driver and CUDA build, compute capability, other processes on the GPUs, memory errors, MIG, power limit, throttling, PCIe lanes, NVLink and peer access, C compiler, Python headers, disk, /dev/shm, memory, open files, clock, name resolution and the Hub with its speed. Pass is well, Warn works less well, Fail means that a server can't start. A check that does not apply is left out.</para>
/// <para>-Collective adds up a vector across all GPUs, with a process for each and the torch of the installed vLLM, and ends in less than 60 seconds whatever NCCL does; where reading each other's memory is what hangs, it tries without that and says so. It uses the GPUs for a few seconds.</para>
/// <para>With -Model the disk is checked against what is still to be fetched. Sizes are in bytes. A fact that cannot be read is null, and Notes says why.</para>
/// <para>Nothing on the rig is changed. Many rigs are looked at at the same time; a rig that cannot be reached is one error and delays no other. Start-VllmServer makes the quick checks by itself.</para>
/// </remarks>
/// <example><para>Shows the facts of a rig and what is wrong with it.</para><code>Test-GpuRig mybox</code></example>
/// <example><para>Checks whether a model has room, and whether the GPUs can talk to each other.</para><code>Test-GpuRig mybox -Model Qwen/Qwen2.5-72B-Instruct-AWQ -Collective</code></example>
/// <example><para>Lists what is wrong with any rig, with the remedy.</para><code>Get-GpuRig | Test-GpuRig | Select-Object -ExpandProperty Checks | Where-Object Verdict -ne Pass | Format-List</code></example>
/// <example><para>Shows how the GPUs of a rig are linked.</para><code>(Test-GpuRig mybox).Gpus | Format-Table Index, Name, ComputeCapability, Links</code></example>
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

    /// <summary>The model that the rig is to serve: a Hub id, a folder on the rig, or what Get-HfModel returned.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelArgument? Model { get; set; }

    /// <summary>The quantization of the model, such as awq or fp8, to check the GPUs' generation against.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Quantization { get; set; }

    /// <summary>Adds up a vector across all GPUs, in less than 60 seconds.</summary>
    [Parameter]
    public SwitchParameter Collective { get; set; }

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
        if (rigs.Count > 0) await new RigFanOut(this, Collective ? "Adding up across the GPUs of rigs" : "Looking at rigs").RunAsync(rigs, ThrottleLimit, ReadAsync, cancel);
    }

    private async Task ReadAsync(GpuRig rig, CancellationToken cancel)
    {
        var connection = await ConnectAsync(rig, cancel);
        var wish = new PreflightWish { Quantization = Quantization, Model = Model?.ToString(), Collective = Collective };
        if (Model is { Rig: null, Name: var name } && name.Contains('/') && name[0] is not ('/' or '~')) wish = await SizedAsync(connection, wish, name, cancel);
        var report = await connection.InvokeAsync(RigFactsOperations.Read, wish with { AskedAt = Services.Time.GetUtcNow() }, cancel);
        WriteObject(report with { Rig = rig });
    }

    /// <summary>Asks the rig how large the model is and what of it is there already; where the Hub can't be asked, its own check says so.</summary>
    private static async Task<PreflightWish> SizedAsync(IRigConnection connection, PreflightWish wish, string model, CancellationToken cancel)
    {
        try
        {
            var plan = await connection.InvokeAsync(ModelOperations.Plan, new ModelRequest { Id = model }, cancel);
            return wish with { ModelBytes = plan.Size, MissingBytes = plan.MissingSize };
        }
        catch (LlmOpsException unknown) when (unknown is { IsFromRig: true, Kind: ErrorKind.ConnectionError or ErrorKind.OperationTimeout or ErrorKind.LimitsExceeded })
        {
            return wish;
        }
    }
}
