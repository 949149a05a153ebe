using System.Text.Json.Nodes;

namespace LlmOps.Simulator.Vllm;

/// <summary>What vLLM reads in a model's config.json.</summary>
internal sealed record ModelConfig
{
    public required string Architecture { get; init; }

    public required string ModelType { get; init; }

    public required int Layers { get; init; }

    public required int SlidingLayers { get; init; }

    public required int SlidingWindow { get; init; }

    public required int Heads { get; init; }

    public required int KvHeads { get; init; }

    public required int HeadSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int VocabularySize { get; init; }

    public required int MaxPositions { get; init; }

    public required string DType { get; init; }

    /// <summary>Such as <c>awq</c>, or null.</summary>
    public string? Quantization { get; init; }

    public bool TakesImages { get; init; }

    public static ModelConfig Read(JsonObject config)
    {
        var text = config["text_config"]?.AsObject() ?? config;
        int Number(string name, int fallback) => text[name]?.GetValue<int>() ?? fallback;
        var heads = Number("num_attention_heads", 1);
        var hidden = Number("hidden_size", 1024);
        var layers = Number("num_hidden_layers", 1);
        var sliding = text["layer_types"]?.AsArray().Count(kind => (string?)kind == "sliding_attention") ?? 0;
        return new ModelConfig
        {
            Architecture = (string?)config["architectures"]?[0] ?? "Unknown", ModelType = (string?)config["model_type"] ?? "unknown",
            Layers = layers, SlidingLayers = sliding, SlidingWindow = sliding > 0 ? Number("sliding_window", 4096) : 0,
            Heads = heads, KvHeads = Number("num_key_value_heads", heads), HeadSize = Number("head_dim", hidden / heads), HiddenSize = hidden,
            IntermediateSize = Number("intermediate_size", 4 * hidden), VocabularySize = Number("vocab_size", 32000), MaxPositions = Number("max_position_embeddings", 2048),
            DType = (string?)(text["torch_dtype"] ?? text["dtype"]) ?? "bfloat16",
            Quantization = (string?)(config["quantization_config"] ?? text["quantization_config"])?["quant_method"], TakesImages = config.ContainsKey("vision_config"),
        };
    }
}
