namespace LlmOps.Planning;

/// <summary>What is asked of a model on GPUs.</summary>
public sealed record FitRequest
{
    /// <summary>The context of each request in tokens; null for the model's longest.</summary>
    public int? Context { get; init; }

    /// <summary>How many requests at once have such a context.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>The type of keys and values, or null for the engine's choice.</summary>
    public string? KvCacheDtype { get; init; }

    /// <summary>The share of each GPU's memory that vLLM takes; null for its default.</summary>
    public double? GpuMemoryUtilization { get; init; }

    /// <summary>GiB of weights per GPU that stay in the machine's memory.</summary>
    public double CpuOffloadGB { get; init; }

    /// <summary>How many layers llama.cpp puts onto the GPUs; null for as many as fit.</summary>
    public int? GpuLayers { get; init; }

    /// <summary>The engine; null for the one that takes the model.</summary>
    public LlmEngine? Engine { get; init; }

    /// <summary>Over how many GPUs each layer is spread; null for the best.</summary>
    public int? TensorParallelSize { get; init; }

    /// <summary>Over how many groups of GPUs the layers are shared out; null for the best.</summary>
    public int? PipelineParallelSize { get; init; }

    /// <summary>Further flags of vLLM; those that decide about memory are heeded.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The engine's version; null for the newest that is known.</summary>
    public string? EngineVersion { get; init; }
}
