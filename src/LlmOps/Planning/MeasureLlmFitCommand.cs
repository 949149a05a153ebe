using System.Management.Automation;
using System.Security;
using LlmOps.Engines;
using LlmOps.Gpus;
using LlmOps.Hub;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Planning;

/// <summary>Says whether a model fits on GPUs for a context and a number of requests at once, by how much, and with which arguments to start it.</summary>
/// <remarks>
/// <para>Only metadata is read: the model's config.json, the list of its files with their sizes, the header of a GGUF file. A model that lies on this machine is planned without any network; so is one that lies in the cache.</para>
/// <para>The GPUs are named, come from the pipeline (Get-GpuSpec, Find-GpuOffer), or are those of a rig, which then finds the model itself. A GPU's memory is what CUDA reports and not what is sold.</para>
/// <para>All figures are of one GPU. It fits if the cache that is left beside weights, activations and CUDA graphs holds the asked context for all requests. TokensPerSecond is bound by the memory's bandwidth: an estimate from above. Where vLLM has printed its own figures before, on this workstation, they are used, and Basis says measured.</para>
/// <para>What comes out goes on into Start-VllmServer, which takes the sizes and the context from it.</para>
/// </remarks>
/// <example><para>See whether a model fits on two A40, with 32,000 tokens for each of four requests.</para><code>Measure-LlmFit Qwen/Qwen2.5-72B-Instruct-AWQ -Gpu A40 -GpuCount 2 -Context 32k -Concurrency 4</code></example>
/// <example><para>Find the cards on which a model fits, the one with least to spare first.</para><code>Get-GpuSpec | Measure-LlmFit openai/gpt-oss-20b -Context 32k | Where-Object Fits | Sort-Object HeadroomGiB</code></example>
/// <example><para>Compare the published quantizations of a model on a card.</para><code>Measure-LlmFit Qwen/Qwen2.5-72B-Instruct -Gpu H100 -Context 32k -Quantization *</code></example>
/// <example><para>Start a model on a rig as it fits best.</para><code>Measure-LlmFit Qwen/Qwen3-8B -Rig a40 -Context 32k | Start-VllmServer</code></example>
[Cmdlet(VerbsDiagnostic.Measure, "LlmFit")]
[OutputType(typeof(LlmFit))]
public sealed class MeasureLlmFitCommand : RigCmdlet
{
    private const int MostPublished = 24;

    private readonly List<LlmFit> _compared = [];

    /// <summary>The model: a Hub id, a folder, a GGUF file, or what Get-HfModel returned.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id", "Path")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelArgument Model { get; set; } = null!;

    /// <summary>The GPUs, by any of their names or as Get-GpuSpec returns them; several are planned one after the other.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GpuCompleter))]
    public GpuArgument[]? Gpu { get; set; }

    /// <summary>How many of the GPU.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 1024)]
    public int GpuCount { get; set; } = 1;

    /// <summary>The rigs whose GPUs are taken, by name, wildcard or object; without it and without -Gpu, the rig of the model.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[]? Rig { get; set; }

    /// <summary>The context of each request in tokens: a number, 32k (32,000) or 32K (32,768); the model's longest if it is left out.</summary>
    [Parameter]
    [Alias("MaxModelLen")]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    /// <summary>How many requests at once have such a context.</summary>
    [Parameter]
    [ValidateRange(1, 100000)]
    public int Concurrency { get; set; } = 1;

    /// <summary>The type of keys and values in the cache.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KvCacheTypeCompleter))]
    public string? KvCacheDtype { get; set; }

    /// <summary>The share of each GPU's memory that vLLM takes, 0 to 1.</summary>
    [Parameter]
    [ValidateRange(0.05, 1.0)]
    public double? GpuMemoryUtilization { get; set; }

    /// <summary>How many GiB of weights per GPU stay in the machine's own memory.</summary>
    [Parameter]
    [ValidateRange(0.0, 65536.0)]
    public double CpuOffloadGB { get; set; }

    /// <summary>How many layers llama.cpp puts onto the GPUs; as many as fit if it is left out.</summary>
    [Parameter]
    [ValidateRange(0, 10000)]
    public int? GpuLayers { get; set; }

    /// <summary>The engine; the one that takes the model if it is left out: llama.cpp for GGUF files, else vLLM.</summary>
    [Parameter]
    public LlmEngine? Engine { get; set; }

    /// <summary>Compares the published quantizations of the model whose names match, such as * or awq, the best first; of a repository with GGUF files, the one to take.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(QuantizationCompleter))]
    public string? Quantization { get; set; }

    /// <summary>Over how many GPUs each layer is spread; the best size if it is left out.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int? TensorParallelSize { get; set; }

    /// <summary>Over how many groups of GPUs the layers are shared out; the best size if it is left out.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int? PipelineParallelSize { get; set; }

    /// <summary>The version of vLLM whose rules and measurements count; the newest if it is left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? EngineVersion { get; set; }

    /// <summary>A branch, a tag or a commit of the model's repository.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Revision { get; set; } = "main";

    /// <summary>The token for private and gated repositories.</summary>
    [Parameter]
    [SecureStringTransformation]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    // A text that comes through the pipeline is offered to every parameter that takes pipeline input: it is the model, or a GPU where the model was named.
    private GpuArgument[]? NamedGpus => Gpu is [{ Spec: null } only] && only.Name == Model.Name ? null : Gpu;

    private RigArgument[]? NamedRigs => Rig is [{ Rig: null } only] && (only.Name == Model.Name || NamedGpus?.Any(gpu => gpu.Name == only.Name) == true) ? null : Rig;

    private bool Compares => Quantization is { } pattern && WildcardPattern.ContainsWildcardCharacters(pattern);

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        try
        {
            var request = Request();
            if (NamedGpus is { } named) await OnNamedAsync(named, request, cancel);
            else if (NamedRigs is { Length: > 0 } rigs) await OnRigsAsync(Resolve(rigs), request, cancel);
            else if (Model.Rig is { } own) await OnRigsAsync(Resolve([own]), request, cancel);
            else WriteFailure(PlanningErrors.GpuRequired(Model.ToString()));
        }
        catch (LlmOpsException failure)
        {
            WriteFailure(failure);
        }
    }

    /// <inheritdoc/>
    protected override Task EndAsync(CancellationToken cancel)
    {
        // The best first: what fits, of that the least quantized, then what is nearest to fitting.
        WriteObject(_compared.OrderByDescending(fit => fit.Fits).ThenByDescending(fit => fit.Fits ? fit.WeightsGiB * fit.TensorParallelSize * fit.PipelineParallelSize : fit.HeadroomGiB), enumerateCollection: true);
        return Task.CompletedTask;
    }

    private FitRequest Request()
    {
        KvCacheType.Of(KvCacheDtype);
        return new FitRequest
        {
            Context = Context is null ? null : ContextLength.Parse(Context),
            Concurrency = Concurrency,
            KvCacheDtype = KvCacheDtype,
            GpuMemoryUtilization = GpuMemoryUtilization,
            CpuOffloadGB = CpuOffloadGB,
            GpuLayers = GpuLayers,
            Engine = Engine,
            TensorParallelSize = TensorParallelSize,
            PipelineParallelSize = PipelineParallelSize,
            EngineVersion = EngineVersion,
        };
    }

    private async Task OnNamedAsync(GpuArgument[] named, FitRequest request, CancellationToken cancel)
    {
        var gpus = named.Select(gpu => gpu.Resolve()).ToList();
        using var progress = new ProgressLine(this, $"Measuring {Model}");
        progress.Report("reading the model's metadata");
        var token = Token is null ? null : SecureText.Reveal(Token);
        var environment = HubEnvironment.FromProcess();
        IReadOnlyList<ModelMetadata> models = Compares
            ? await Task.Run(() => new PublishedQuantizations(environment, Services.Time).ReadAsync(Model.Id ?? Model.Name, token, MostPublished, cancel), CancellationToken.None)
            : [await Task.Run(() => new MetadataReader(environment, Services.Time).ReadAsync(Model.MetadataName, Revision, Quantization, token, cancel), CancellationToken.None)];
        var pattern = Compares ? WildcardPattern.Get(Quantization, WildcardOptions.IgnoreCase) : null;
        foreach (var metadata in models.Where(found => pattern?.IsMatch(found.Quantization) != false))
        {
            var called = Model.Id is { } id && !Compares ? metadata with { Name = id } : metadata;
            var planner = new FitPlanner(new FitHistory(Services.Home.Fits).Of(called.Name));
            foreach (var gpu in gpus)
            {
                var fit = planner.Plan(called, gpu, GpuCount, request);
                if (Compares) _compared.Add(fit);
                else WriteObject(fit);
            }
        }
    }

    private Task OnRigsAsync(IReadOnlyList<GpuRig> rigs, FitRequest request, CancellationToken cancel) =>
        new RigFanOut(this, $"Measuring {Model}").RunAsync(rigs, 16, async (rig, ending) =>
        {
            var connection = await ConnectPatientlyAsync(rig, ending);
            var args = new FitArgs
            {
                Model = Model.Name,
                Title = Model.Id,
                Revision = Revision,
                Quantization = Compares ? null : Quantization,
                Token = Token is null ? null : SecureText.Reveal(Token),
                Request = request,
                Measurements = new FitHistory(Services.Home.FitsOf(rig)).Of(Model.Id ?? Model.Name),
                LooksForOthers = true,
            };
            WriteObject((await connection.JoinAsync(FitOperations.Plan, args, null, ending)) with { Rig = rig });
        }, cancel);
}
