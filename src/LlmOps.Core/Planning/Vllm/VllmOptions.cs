using LlmOps.Gpus;

namespace LlmOps.Planning;

/// <summary>How vLLM is to run: what of its flags decides about memory.</summary>
public sealed record VllmOptions
{
    private const double GiB = 1L << 30;

    /// <summary>Over how many GPUs each layer is spread.</summary>
    public int TensorParallel { get; init; } = 1;

    /// <summary>Over how many groups of GPUs the layers are shared out.</summary>
    public int PipelineParallel { get; init; } = 1;

    /// <summary>The longest context in tokens; null for the model's own.</summary>
    public int? MaxModelLen { get; init; }

    /// <summary>The share of a GPU's memory that it takes; null for vLLM's default.</summary>
    public double? Utilization { get; init; }

    /// <summary>The type of keys and values, or null for <c>auto</c>.</summary>
    public string? KvCacheDtype { get; init; }

    /// <summary><c>--max-num-batched-tokens</c>; null for the default of the GPU's size.</summary>
    public int? MaxBatchedTokens { get; init; }

    /// <summary><c>--max-num-seqs</c>; null for the default of the GPU's size.</summary>
    public int? MaxSequences { get; init; }

    /// <summary>True for <c>--enforce-eager</c>: no CUDA graphs.</summary>
    public bool Eager { get; init; }

    /// <summary>GiB of weights per GPU that stay in the machine's memory.</summary>
    public double OffloadGiB { get; init; }

    /// <summary>How many tokens are guessed ahead (multi-token prediction); 0 for none.</summary>
    public int SpeculativeTokens { get; init; }

    /// <summary>True if pictures are left aside: <c>--language-model-only</c>.</summary>
    public bool LanguageOnly { get; init; }

    /// <summary>The version of vLLM; null for the newest.</summary>
    public Version? Version { get; init; }

    /// <summary>The tokens of a batch: vLLM's default grows with the GPU's memory, A100 left out (engine/arg_utils.py).</summary>
    /// <param name="gpu">The GPU.</param>
    public int BatchedTokensOn(GpuSpec gpu) => MaxBatchedTokens ?? (TotalGiB(gpu) >= 160 ? 16384 : IsLarge(gpu) ? 8192 : 2048);

    /// <summary>The requests at once: vLLM's default grows with the GPU's memory, A100 left out (engine/arg_utils.py).</summary>
    /// <param name="gpu">The GPU.</param>
    public int SequencesOn(GpuSpec gpu) => MaxSequences ?? (IsLarge(gpu) ? 1024 : 256);

    private static bool IsLarge(GpuSpec gpu) => TotalGiB(gpu) >= 70 && !gpu.Name.StartsWith("A100", StringComparison.Ordinal);

    private static double TotalGiB(GpuSpec gpu) => gpu.UsableGiB ?? gpu.MemoryGB * 1e9 / GiB ?? 0;
}
