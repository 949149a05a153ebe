namespace LlmOps.Gpus;

/// <summary>What runs on a GPU: for NVIDIA by compute capability, else by the maker.</summary>
internal static class GpuSupportRules
{
    private const string Gguf = "gguf";

    /// <summary>The engines.</summary>
    public static IReadOnlyList<GpuSupport> Engines(GpuSpec gpu) => gpu switch
    {
        { ComputeCapability: { } capability } => [.. GpuCatalog.EngineMinimums.Select(engine => engine.Judge(capability))],
        { Vendor: GpuVendor.Amd } =>
        [
            new GpuSupport("vLLM", true, "the ROCm build"), new GpuSupport("SGLang", false, "LlmOps has no facts about this GPU and SGLang"),
            new GpuSupport("llama.cpp", true, "with ROCm or Vulkan"), new GpuSupport("Ollama", true, "with ROCm or Vulkan"),
        ],
        _ =>
        [
            new GpuSupport("vLLM", false, "it needs the plugin vllm-metal"), new GpuSupport("SGLang", false, "it needs CUDA or ROCm"),
            new GpuSupport("llama.cpp", true, "with Metal"), new GpuSupport("Ollama", true, "with Metal"),
        ],
    };

    /// <summary>The quantizations.</summary>
    public static IReadOnlyList<GpuSupport> Quantizations(GpuSpec gpu) => gpu switch
    {
        { ComputeCapability: { } capability } => [.. GpuCatalog.QuantizationMinimums.Select(quantization => OnVllm(quantization, capability)), new GpuSupport(Gguf, true, "llama.cpp and Ollama")],
        { Vendor: GpuVendor.Amd } =>
        [
            new GpuSupport("bfloat16", gpu.HasBFloat16, gpu.HasBFloat16 ? "" : "the GPU has none"),
            Native("fp8", gpu.Fp8), Native("mxfp4", gpu.Fp4), new GpuSupport(Gguf, true, "llama.cpp and Ollama"),
        ],
        _ => [new GpuSupport(Gguf, true, "llama.cpp and Ollama")],
    };

    private static GpuSupport OnVllm(CapabilityMinimum quantization, Version capability) => GpuCatalog.Engine("vLLM").Judge(capability) is { IsSupported: false } never
        ? new GpuSupport(quantization.Name, false, $"vLLM: {never.Reason}")
        : quantization.Judge(capability);

    private static GpuSupport Native(string name, LowPrecision precision) =>
        new(name, precision == LowPrecision.Native, precision == LowPrecision.Native ? "" : "its matrix cores do not have it");
}
