using LlmOps.Planning;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Simulator.Vllm;

/// <summary>The simulated engine's memory of one GPU in bytes: the plan that Measure-LlmFit makes, so that a rehearsal keeps what the plan promises.</summary>
internal sealed class MemoryPlan(ModelFiles model, ServeSettings settings, SimulatedGpu gpu)
{
    private const long Context = 300L << 20; // what CUDA itself holds

    private readonly VllmPlan _plan = new(model.Config.Planned, model.WeightBytes, gpu.Spec, new VllmOptions
    {
        TensorParallel = settings.TensorParallel,
        MaxModelLen = settings.MaxModelLen,
        Utilization = settings.Utilization,
        KvCacheDtype = settings.KvCacheDtype,
        MaxBatchedTokens = settings.MaxBatchedTokens,
        MaxSequences = settings.MaxSequences,
        Eager = settings.Eager,
        OffloadGiB = settings.OffloadGiB,
        LanguageOnly = settings.LanguageOnly,
    });

    public long Total => _plan.Total;

    public long Requested => _plan.Requested;

    public long Weights => _plan.Weights;

    public long NonTorch => _plan.Libraries;

    public long Activation => _plan.Activations.Peak;

    public long Graphs => _plan.Graphs;

    /// <summary>What is left for the KV cache; negative if nothing is.</summary>
    public long KvCache => _plan.KvBytes;

    public long Blocks => _plan.Blocks;

    public int BlockSize => _plan.KvCache.BlockTokens;

    /// <summary>What the process holds once it serves.</summary>
    public long Held => Weights + NonTorch + Graphs + KvCache + Context;

    public double Concurrency => _plan.Concurrency;

    /// <summary>The size that vLLM prints.</summary>
    public long Tokens => _plan.Tokens;

    /// <summary>The KV cache of one request of that length, in bytes.</summary>
    public long NeededFor(int length) => _plan.KvCache.BytesOf(length);

    /// <summary>The longest context that fits one request.</summary>
    public int LongestContext() => _plan.LongestContext;
}
