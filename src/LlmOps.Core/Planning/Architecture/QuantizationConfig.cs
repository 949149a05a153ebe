using System.Text.Json;

namespace LlmOps.Planning;

/// <summary>How a model's weights are quantized, as its config.json or hf_quant_config.json declares it.</summary>
/// <param name="Method">vLLM's name: <c>awq</c>, <c>gptq</c>, <c>fp8</c>, <c>mxfp4</c>, <c>nvfp4</c>, <c>int8</c>, <c>bitsandbytes</c>, <c>compressed-tensors</c>, <c>gguf</c> …</param>
/// <param name="Bits">The bits of a weight; null where that is not declared.</param>
/// <param name="GroupSize">How many weights share a scale; null where that is not declared.</param>
/// <param name="HasFp8Cache">True if it declares FP8 keys and values: then <c>--kv-cache-dtype auto</c> means fp8.</param>
public sealed record QuantizationConfig(string Method, int? Bits, int? GroupSize, bool HasFp8Cache)
{
    /// <summary>True for weights of four bits and fewer.</summary>
    public bool IsFourBit => Bits <= 4 || Method is "mxfp4" or "nvfp4";

    /// <summary>
    /// The bytes of one quantized weight with its scales and zero points. Integers: bits/8, and for a group a 16-bit scale and a zero point; MXFP4: a byte for 32 weights; NVFP4: a byte for 16.
    /// </summary>
    public double BytesPerWeight => Method switch
    {
        "mxfp4" => 0.5 + (1.0 / 32),
        "nvfp4" => 0.5 + (1.0 / 16),
        "bitsandbytes" => Bits == 8 ? 1 : 0.516,
        _ when Bits is { } bits and < 8 => (bits / 8.0) + (GroupSize is > 0 and { } group ? (2 + (bits / 8.0)) / group : 0),
        _ => (Bits ?? 8) / 8.0,
    };

    /// <summary>Reads what config.json says; null if it says nothing.</summary>
    /// <param name="config">The element <c>quantization_config</c>, or the root of hf_quant_config.json.</param>
    public static QuantizationConfig? Read(JsonElement config)
    {
        if (config.ValueKind != JsonValueKind.Object) return null;
        if (config.Child("quantization") is { } modelopt) return ModelOpt(modelopt);
        var method = config.Text("quant_method")?.ToLowerInvariant();
        return method switch
        {
            null => config.Text("quant_algo") is not null ? ModelOpt(config) : null,
            "compressed-tensors" => Compressed(config),
            "modelopt" or "modelopt_fp4" => ModelOpt(config),
            "fp8" or "fbgemm_fp8" => new QuantizationConfig("fp8", 8, null, Fp8Cache(config)),
            "mxfp4" => new QuantizationConfig("mxfp4", 4, 32, false),
            "bitsandbytes" => new QuantizationConfig(method, config.Flag("load_in_8bit") ? 8 : 4, null, false),
            _ => new QuantizationConfig(method, config.Number("bits") ?? config.Number("w_bit"), config.Number("group_size") ?? config.Number("q_group_size"), Fp8Cache(config)),
        };
    }

    private static QuantizationConfig ModelOpt(JsonElement config)
    {
        var algorithm = (config.Text("quant_algo") ?? "").ToUpperInvariant();
        var cache = (config.Text("kv_cache_quant_algo") ?? "").Equals("FP8", StringComparison.OrdinalIgnoreCase) || Fp8Cache(config);
        return algorithm.Contains("FP4", StringComparison.Ordinal) ? new QuantizationConfig("nvfp4", 4, 16, cache) : new QuantizationConfig("modelopt", 8, null, cache);
    }

    private static QuantizationConfig Compressed(JsonElement config)
    {
        var weights = config.Child("config_groups") is { ValueKind: JsonValueKind.Object } groups
            ? groups.EnumerateObject().Select(group => group.Value.Child("weights")).FirstOrDefault(found => found is not null)
            : null;
        var bits = weights?.Number("num_bits");
        var isFloat = weights?.Text("type") == "float";
        var method = (bits, isFloat, config.Text("format")) switch
        {
            (4, true, var format) => format?.Contains("mxfp4", StringComparison.Ordinal) == true ? "mxfp4" : "nvfp4",
            (8, true, _) => "fp8",
            (8, false, _) => "int8",
            _ => "compressed-tensors",
        };
        return new QuantizationConfig(method, bits, weights?.Number("group_size"), Fp8Cache(config));
    }

    private static bool Fp8Cache(JsonElement config) => config.Child("kv_cache_scheme") is { ValueKind: JsonValueKind.Object } scheme && (scheme.Number("num_bits") ?? 8) == 8;

    /// <summary>The method.</summary>
    public override string ToString() => Method;
}
