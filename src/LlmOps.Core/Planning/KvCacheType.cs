namespace LlmOps.Planning;

/// <summary>The type of keys and values in the cache: vLLM's <c>--kv-cache-dtype</c> and llama.cpp's <c>-ctk</c>, <c>-ctv</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="BytesPerNumber">The bytes of one number, scales of blocks included.</param>
/// <param name="BytesPerHead">What is kept beside for each token and head: the scales of <c>*_per_token_head</c>, one 32-bit number for the key and one for the value.</param>
public sealed record KvCacheType(string Name, double BytesPerNumber, double BytesPerHead = 0)
{
    /// <summary>16-bit numbers, which both engines take if nothing is said.</summary>
    public static KvCacheType Half { get; } = new("auto", 2);

    /// <summary>All names that are known.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["auto", "bfloat16", "float16", "fp8", "fp8_e4m3", "fp8_e5m2", "int8_per_token_head", "fp8_per_token_head", "nvfp4", "f16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0"];

    /// <summary>The type of that name.</summary>
    /// <param name="name">The name, or null for <c>auto</c>.</param>
    /// <param name="quantization">How the model is quantized: it may declare FP8 keys and values, which <c>auto</c> follows.</param>
    /// <exception cref="LlmOpsException"><c>KvCacheTypeInvalid</c>.</exception>
    public static KvCacheType Of(string? name, QuantizationConfig? quantization = null) => name?.ToLowerInvariant() switch
    {
        null or "" or "auto" => quantization is { HasFp8Cache: true } ? new KvCacheType("auto", 1) : Half,
        "bfloat16" or "float16" or "bf16" or "fp16" or "half" or "f16" => new KvCacheType(name, 2),
        "fp8" or "fp8_e4m3" or "fp8_e5m2" or "int8" => new KvCacheType(name, 1),
        "int8_per_token_head" or "fp8_per_token_head" => new KvCacheType(name, 1, 2 * sizeof(float)),
        "nvfp4" => new KvCacheType(name, 0.5 + (1.0 / 16)),
        "q8_0" => new KvCacheType(name, 34.0 / 32),
        "q5_1" => new KvCacheType(name, 24.0 / 32),
        "q5_0" => new KvCacheType(name, 22.0 / 32),
        "q4_1" => new KvCacheType(name, 20.0 / 32),
        "q4_0" => new KvCacheType(name, 18.0 / 32),
        _ => throw PlanningErrors.KvCacheTypeInvalid(name, Names),
    };
}
