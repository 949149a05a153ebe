using LlmOps.Gpus;

namespace LlmOps.Planning;

/// <summary>
/// vLLM's memory of one GPU in bytes: what is asked for (the total times the utilization, rounded up), less weights, the peak of activations, CUDA graphs and what the libraries hold, is the
/// cache of keys and values. Source: vLLM, v1/worker/gpu_worker.py determine_available_memory.
/// </summary>
public sealed class VllmPlan
{
    private const double GiB = 1L << 30;

    /// <summary>Works it out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="weightBytes">The bytes of all its weights.</param>
    /// <param name="gpu">The GPU; its usable memory must be known.</param>
    /// <param name="options">How vLLM runs.</param>
    public VllmPlan(ModelArchitecture model, long weightBytes, GpuSpec gpu, VllmOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentNullException.ThrowIfNull(options);
        var rules = VllmRules.For(options.Version);
        MaxModelLen = options.MaxModelLen ?? model.MaxPositions;
        Total = (long)((gpu.UsableGiB ?? 0) * GiB);
        Requested = (long)Math.Ceiling(Total * (options.Utilization ?? rules.Utilization));
        Weights = new WeightPlan(model, weightBytes, options, gpu.Fp4 != LowPrecision.Native).PerGpu;
        Libraries = (long)((rules.IsV0 ? 0.33 : options.TensorParallel * options.PipelineParallel > 1 ? 0.32 : 0.05) * GiB);
        Activations = new ActivationPlan(model, options, options.BatchedTokensOn(gpu), options.SequencesOn(gpu));
        Graphs = options.Eager || !rules.CountsGraphs ? 0 : (long)((model.IsMixture ? 1.0 : 0.7) * GiB);
        KvCache = new KvCachePlan(model, options, options.BatchedTokensOn(gpu), gpu.ComputeCapability is { Major: 9 } ? 64 : 16);
        KvBytes = Requested - Weights - Libraries - Activations.Peak - Graphs;
    }

    /// <summary>The longest context.</summary>
    public int MaxModelLen { get; }

    /// <summary>CUDA's total.</summary>
    public long Total { get; }

    /// <summary>What vLLM asks for.</summary>
    public long Requested { get; }

    /// <summary>The weights on the GPU.</summary>
    public long Weights { get; }

    /// <summary>What CUDA's libraries and NCCL hold: 0.05 GiB on one GPU, 0.3 to 0.35 on several, in logs.</summary>
    public long Libraries { get; }

    /// <summary>The peak while it computes.</summary>
    public ActivationPlan Activations { get; }

    /// <summary>CUDA graphs: in logs 0.1 to 2.7 GiB; 0.7 is set aside for a dense model and 1.0 for a mixture of experts.</summary>
    public long Graphs { get; }

    /// <summary>How the cache is laid out.</summary>
    public KvCachePlan KvCache { get; }

    /// <summary>What is left for the cache; negative if nothing is.</summary>
    public long KvBytes { get; }

    /// <summary>The blocks of the cache.</summary>
    public long Blocks => KvCache.BlocksIn(KvBytes);

    /// <summary>The tokens that vLLM prints.</summary>
    public long Tokens => KvCache.TokensIn(KvBytes, MaxModelLen);

    /// <summary>How many requests of the longest context fit at once.</summary>
    public double Concurrency => KvCache.ConcurrencyIn(KvBytes, MaxModelLen);

    /// <summary>True if one request of the longest context fits.</summary>
    public bool Fits => KvBytes > 0 && KvCache.BlocksOf(MaxModelLen) <= Blocks;

    /// <summary>The longest context of one request.</summary>
    public int LongestContext => KvCache.LongestIn(KvBytes, MaxModelLen);
}
