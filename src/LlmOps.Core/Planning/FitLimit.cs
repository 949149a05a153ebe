namespace LlmOps.Planning;

/// <summary>What stands in the way, or would first.</summary>
public enum FitLimit
{
    /// <summary>Nothing: the model's own longest context fits.</summary>
    None,

    /// <summary>The engine does not run on the GPU.</summary>
    Engine,

    /// <summary>The quantization does not run on the GPU.</summary>
    Quantization,

    /// <summary>The attention heads cannot be spread over so many GPUs.</summary>
    Parallelism,

    /// <summary>The weights alone take what there is.</summary>
    Weights,

    /// <summary>What is needed to compute beside the weights.</summary>
    Activations,

    /// <summary>The memory for keys and values.</summary>
    KvCache,

    /// <summary>The context is longer than the model was made for.</summary>
    ModelContext,

    /// <summary>The memory of the GPU is not known.</summary>
    GpuMemory,
}
