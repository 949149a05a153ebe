namespace LlmOps.Gpus;

/// <summary>
/// The least compute capability of an NVIDIA GPU that an engine or a quantization of vLLM needs. Engines: vLLM's CMakeLists.txt (CUDA_SUPPORTED_ARCHS), SGLang's
/// and Ollama's documentation. Quantizations: <c>get_min_capability</c> in vLLM's model_executor/layers/quantization and the hardware table of its documentation.
/// </summary>
public sealed record CapabilityMinimum
{
    /// <summary>The engine or the quantization, by the name that vLLM gives it.</summary>
    public required string Name { get; init; }

    /// <summary>The least compute capability.</summary>
    public required Version Minimum { get; init; }

    /// <summary>From where on the tensor cores do it themselves, or null where that makes no difference.</summary>
    public Version? Native { get; init; }

    /// <summary>What else must be known, or null.</summary>
    public string? Remark { get; init; }

    /// <summary>Judges a compute capability.</summary>
    /// <param name="capability">The GPU's, such as 8.6.</param>
    public GpuSupport Judge(Version capability) => capability < Minimum
        ? new GpuSupport(Name, false, $"it needs compute capability {Minimum}, the GPU has {capability}")
        : new GpuSupport(Name, true, (Native is null || capability < Native ? Remark : null) ?? "");
}
