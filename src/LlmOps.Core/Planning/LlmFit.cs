using System.Globalization;
using System.Text.Json.Serialization;
using LlmOps.Rigs;

namespace LlmOps.Planning;

/// <summary>Whether a model fits on GPUs for a context and a number of requests, by how much, and how to start it. Memory is per GPU, of the one that has least to spare.</summary>
public sealed record LlmFit
{
    /// <summary>The model: its repository, folder or file.</summary>
    public required string Model { get; init; }

    /// <summary>Its architecture, such as <c>Qwen2ForCausalLM</c>.</summary>
    public string? Architecture { get; init; }

    /// <summary>How its weights are quantized, or their type.</summary>
    public string? Quantization { get; init; }

    /// <summary>The engine.</summary>
    public required LlmEngine Engine { get; init; }

    /// <summary>The GPU.</summary>
    public required string Gpu { get; init; }

    /// <summary>How many of them there are.</summary>
    public required int GpuCount { get; init; }

    /// <summary>True if it fits.</summary>
    public required bool Fits { get; init; }

    /// <summary>What is left in GiB; what is missing, if negative.</summary>
    public double HeadroomGiB { get; init; }

    /// <summary>What binds, or would bind first.</summary>
    public required FitLimit Limit { get; init; }

    /// <summary>The context that was asked for, in tokens.</summary>
    public int Context { get; init; }

    /// <summary>The requests at once that were asked for.</summary>
    public int Concurrency { get; init; }

    /// <summary>How many requests of that context fit at once.</summary>
    public double MaxConcurrency { get; init; }

    /// <summary>The longest context of one request, in tokens; 0 if none fits.</summary>
    public int LongestContext { get; init; }

    /// <summary>The tokens that the cache holds, as vLLM prints them.</summary>
    public long KvTokens { get; init; }

    /// <summary>The memory that the engine can use, in GiB.</summary>
    public double UsableGiB { get; init; }

    /// <summary>What of it the engine takes, in GiB.</summary>
    public double BudgetGiB { get; init; }

    /// <summary>Weights in GiB.</summary>
    public double WeightsGiB { get; init; }

    /// <summary>What is left for keys and values, in GiB.</summary>
    public double KvCacheGiB { get; init; }

    /// <summary>What of it the asked context and requests take, in GiB.</summary>
    public double NeededKvCacheGiB { get; init; }

    /// <summary>The peak while it computes, in GiB.</summary>
    public double ActivationGiB { get; init; }

    /// <summary>CUDA graphs in GiB.</summary>
    public double CudaGraphGiB { get; init; }

    /// <summary>What libraries hold, in GiB.</summary>
    public double OverheadGiB { get; init; }

    /// <summary>What lies in the machine's own memory, in GiB.</summary>
    public double HostGiB { get; init; }

    /// <summary>Over how many GPUs each layer is spread.</summary>
    public int TensorParallelSize { get; init; } = 1;

    /// <summary>Over how many groups of GPUs the layers are shared out.</summary>
    public int PipelineParallelSize { get; init; } = 1;

    /// <summary>The sizes of tensor parallelism that the model allows on so many GPUs.</summary>
    public IReadOnlyList<int> LegalTensorParallelSizes { get; init; } = [];

    /// <summary>The layers on the GPUs, of llama.cpp.</summary>
    public int? GpuLayers { get; init; }

    /// <summary>
    /// Tokens per second of one request at the asked context, bound by the memory's bandwidth: an estimate from above, since each token reads all its weights and its keys and values once.
    /// Null where no source gives the bandwidth.
    /// </summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>The longest context to start it with.</summary>
    public int MaxModelLen { get; init; }

    /// <summary>The share of each GPU's memory to start it with.</summary>
    public double GpuMemoryUtilization { get; init; }

    /// <summary>GiB of weights per GPU that stay in the machine's memory.</summary>
    public double CpuOffloadGB { get; init; }

    /// <summary>Further flags to start it with.</summary>
    public IReadOnlyList<string> Argument { get; init; } = [];

    /// <summary><c>estimate</c>, or <c>measured</c> where figures that the engine itself printed are at hand.</summary>
    public string Basis { get; init; } = "estimate";

    /// <summary>What is not known, and what else must be said.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What fits instead, the nearest first; empty if it fits.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];

    /// <summary>The rig whose GPUs they are; null where they were named.</summary>
    [JsonIgnore]
    public GpuRig? Rig { get; init; }

    /// <summary>Such as <c>Qwen/Qwen3-8B on 1 × A40: fits, 12.3 GiB to spare</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Model} on {GpuCount} × {Gpu}: {(Fits ? "fits" : "does not fit")}, {Math.Abs(HeadroomGiB):0.0} GiB {(HeadroomGiB < 0 ? "missing" : "to spare")}");
}
