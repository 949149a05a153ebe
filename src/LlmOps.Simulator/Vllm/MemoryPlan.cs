using LlmOps.Rigs.Simulation;

namespace LlmOps.Simulator.Vllm;

/// <summary>
/// vLLM's memory budget of one GPU in bytes (v1/worker/gpu_worker.py determine_available_memory, v1/core/kv_cache_utils.py): what is asked for,
/// less weights, the peak of activations, CUDA graphs and what the libraries hold, is the KV cache.
/// </summary>
internal sealed class MemoryPlan
{
    private const double GiB = 1L << 30;
    private const int Block = 16;

    private readonly ModelConfig _config;
    private readonly ServeSettings _settings;
    private readonly int _full;
    private readonly int _group;

    public MemoryPlan(ModelFiles model, ServeSettings settings, SimulatedGpu gpu)
    {
        _config = model.Config;
        _settings = settings;
        var tp = settings.TensorParallel;
        Total = (long)(gpu.MemoryMiB - gpu.ReservedMiB) << 20;
        Requested = (long)Math.Ceiling(Total * settings.Utilization);
        Weights = (long)((model.WeightBytes * (tp > 1 ? 1.0015 : 1.0008) / tp) - (settings.OffloadGiB * GiB));
        NonTorch = (long)((tp > 1 ? 0.32 : 0.05) * GiB);
        var perToken = (3.0 * _config.IntermediateSize / tp) + (_config.HiddenSize * (3 + (tp > 1 ? 2 : 0) + (_config.Quantization is "awq" or "gptq" ? 1 : 0)));
        Activation = (long)Math.Max(settings.MaxBatchedTokens * 2 * perToken, settings.MaxSequences * (double)_config.VocabularySize * 28);
        Graphs = settings.Eager ? 0 : (long)(0.7 * GiB);
        KvCache = Requested - Weights - NonTorch - Activation - Graphs;
        _full = _config.Layers - _config.SlidingLayers;
        _group = (_full, _config.SlidingLayers) switch { (var full, 0) => full, (0, var sliding) => sliding, var (full, sliding) => Math.Max(full, sliding) < 1.5 * Math.Min(full, sliding) ? Math.Max(full, sliding) : Math.Min(full, sliding) };
        Blocks = KvCache <= 0 ? 0 : KvCache / Page / _group;
    }

    public long Total { get; }

    public long Requested { get; }

    public long Weights { get; }

    public long NonTorch { get; }

    public long Activation { get; }

    public long Graphs { get; }

    /// <summary>What is left for the KV cache; negative if nothing is.</summary>
    public long KvCache { get; }

    public long Blocks { get; }

    public int BlockSize => Block;

    /// <summary>What the process holds once it serves.</summary>
    public long Held => Weights + NonTorch + Graphs + KvCache + (300L << 20);

    public double Concurrency => Blocks / (double)BlocksOf(_settings.MaxModelLen);

    /// <summary>The size that vLLM prints.</summary>
    public long Tokens => (long)(Concurrency * _settings.MaxModelLen);

    /// <summary>The KV cache of one request of that length, in bytes.</summary>
    public long NeededFor(int length) => BlocksOf(length) * Page * _group;

    /// <summary>The longest context that fits one request.</summary>
    public int LongestContext()
    {
        var (fits, tooLong) = (0, _settings.MaxModelLen + 1);
        while (tooLong - fits > 1)
            if (BlocksOf((fits + tooLong) / 2) <= Blocks) fits = (fits + tooLong) / 2;
            else tooLong = (fits + tooLong) / 2;
        return fits;
    }

    private long Page => Block * (long)Math.Max(1, _config.KvHeads / _settings.TensorParallel) * 2 * _config.HeadSize * _settings.KvBytes;

    private long BlocksOf(int length)
    {
        var whole = (length + Block - 1) / Block;
        var window = Math.Min(_config.SlidingWindow - 1 + (2 * _settings.MaxBatchedTokens), length);
        return ((_full + _group - 1) / _group * whole) + ((_config.SlidingLayers + _group - 1) / _group * (((window + Block - 1) / Block) + 1));
    }
}
