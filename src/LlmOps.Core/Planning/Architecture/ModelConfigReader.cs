using System.Text.Json;

namespace LlmOps.Planning;

/// <summary>
/// Reads config.json as vLLM and transformers do. A multimodal model has its language part in an element of its own; what is missing follows from the rest
/// (head size from hidden size and heads), and what cannot be known is named and planned by the safe bound.
/// </summary>
public static class ModelConfigReader
{
    private static readonly string[] Nested = ["text_config", "llm_config", "language_config", "thinker_config"];

    /// <summary>Reads it.</summary>
    /// <param name="json">The file's content.</param>
    /// <param name="quantization">The content of hf_quant_config.json, or null.</param>
    /// <exception cref="LlmOpsException"><c>ModelConfigUnreadable</c>.</exception>
    public static ModelArchitecture Read(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte>? quantization = null)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            using var more = quantization is { Length: > 0 } bytes ? JsonDocument.Parse(bytes) : null;
            return Read(document.RootElement, more?.RootElement);
        }
        catch (JsonException broken)
        {
            throw PlanningErrors.ConfigUnreadable("it is not JSON", broken);
        }
    }

    private static ModelArchitecture Read(JsonElement root, JsonElement? quantization)
    {
        var text = Language(root, 0);
        var layers = First(text, "num_hidden_layers", "n_layer", "num_layers", "n_layers") ?? 0;
        var hidden = First(text, "hidden_size", "n_embd", "d_model", "dim") ?? 0;
        var heads = First(text, "num_attention_heads", "n_head", "num_heads", "n_heads") ?? (text.Number("kv_lora_rank") is null ? 1 : 0);
        if (layers is < 1 or > 10_000 || hidden is < 1 or > 1_000_000 || heads < 1) throw PlanningErrors.ConfigUnreadable("it does not say how many layers, which hidden size and how many attention heads the model has", null);
        var unknown = new List<string>();
        var headDim = text.Number("head_dim") is > 0 and { } told ? told : Math.Max(1, hidden / heads);
        var kvHeads = Math.Max(1, First(text, "num_key_value_heads", "n_head_kv", "num_kv_heads") ?? (text.Flag("multi_query") ? 1 : heads));
        var experts = First(text, "num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts") ?? 0;
        var perToken = First(text, "num_experts_per_tok", "experts_per_token", "top_k_experts", "moe_topk") ?? 0;
        var intermediate = First(text, "intermediate_size", "n_inner", "ffn_hidden_size", "ffn_dim") ?? (4 * hidden);
        var expert = experts > 1 ? First(text, "moe_intermediate_size", "expert_intermediate_size") ?? intermediate : 0;
        var shared = (text.Number("n_shared_experts") ?? 0) * expert;
        var groups = LayerPattern.Read(text, layers, unknown).Select(kind => Group(text, kind.Kind, kind.Count, kvHeads, headDim, hidden, unknown)).ToList();
        return new ModelArchitecture
        {
            Name = root.Texts("architectures") is [var name, ..] ? name : text.Text("model_type") ?? "unknown",
            Hidden = hidden,
            Layers = layers,
            Heads = heads,
            KvHeads = kvHeads,
            HeadDim = headDim,
            Intermediate = experts > 1 ? Math.Max((perToken * expert) + Math.Max(shared, text.Number("shared_expert_intermediate_size") ?? 0), expert) : intermediate,
            RotaryDim = text.Number("qk_rope_head_dim") ?? (int)(headDim * Math.Clamp(text.Real("partial_rotary_factor") ?? 1, 0, 1)),
            Vocabulary = First(text, "vocab_size", "padded_vocab_size") ?? 0,
            MaxPositions = Positions(text),
            Groups = groups,
            Experts = experts,
            ExpertsPerToken = perToken,
            ExpertIntermediate = expert,
            SpeculativeLayers = First(text, "num_nextn_predict_layers", "mtp_num_hidden_layers", "num_mtp_layers") ?? 0,
            Quantization = Quantization(root, text, quantization),
            DType = text.Text("torch_dtype") ?? text.Text("dtype") ?? root.Text("torch_dtype") ?? root.Text("dtype") ?? "bfloat16",
            Vision = Vision(root),
            TiesEmbeddings = text.Flag("tie_word_embeddings") || root.Flag("tie_word_embeddings"),
            HasSinks = text.Text("model_type") == "gpt_oss",
            Unknown = unknown,
        };
    }

    private static LayerGroup Group(JsonElement text, LayerKind kind, int count, int kvHeads, int headDim, int hidden, List<string> unknown) => kind switch
    {
        LayerKind.Latent => new LayerGroup(kind, count) { KeyDim = (text.Number("kv_lora_rank") ?? 512) + (text.Number("qk_rope_head_dim") ?? 64) },
        LayerKind.Recurrent => new LayerGroup(kind, count) { State = State(text, hidden, unknown) },
        LayerKind.Full => new LayerGroup(kind, count)
        {
            KvHeads = text.Number("num_global_key_value_heads") is > 0 and { } global ? global : kvHeads,
            KeyDim = text.Number("global_head_dim") is > 0 and { } wide ? wide : headDim,
            ValueDim = text.Number("global_head_dim") is > 0 and { } wideValue ? wideValue : text.Number("v_head_dim") ?? headDim,
        },
        _ => new LayerGroup(kind, count) { KvHeads = kvHeads, KeyDim = headDim, ValueDim = headDim, Window = Math.Max(1, First(text, kind == LayerKind.Chunked ? "attention_chunk_size" : "sliding_window", "sliding_window") ?? 4096) },
    };

    private static RecurrentState? State(JsonElement text, int hidden, List<string> unknown)
    {
        var bytes = text.Text("mamba_ssm_dtype") == "float32" ? 4 : 2;
        if (text.Number("linear_num_value_heads") is { } valueHeads)
        {
            var (keyHeads, keyDim) = (text.Number("linear_num_key_heads") ?? valueHeads, text.Number("linear_key_head_dim") ?? 128);
            var valueDim = text.Number("linear_value_head_dim") ?? 128;
            return new RecurrentState((2L * keyHeads * keyDim) + ((long)valueHeads * valueDim), text.Number("linear_conv_kernel_dim") ?? 4, (long)valueHeads * valueDim * keyDim, bytes);
        }

        var kernel = First(text, "mamba_d_conv", "conv_kernel", "conv_kernel_size") ?? 4;
        var state = First(text, "mamba_d_state", "ssm_state_size", "state_size") ?? 0;
        if (First(text, "mamba_n_heads", "mamba_num_heads", "num_heads") is { } mambaHeads && First(text, "mamba_d_head", "mamba_head_dim", "head_dim") is { } mambaDim && state > 0)
        {
            var inner = (long)mambaHeads * mambaDim;
            return new RecurrentState(inner + (2L * (First(text, "mamba_n_groups", "n_groups") ?? 1) * state), kernel, inner * state, bytes);
        }

        var width = First(text, "mamba_intermediate_size", "intermediate_size") ?? (hidden * (text.Number("mamba_expand") ?? 2));
        if (state == 0) unknown.Add("the state of its recurrent layers (planned as Mamba with 128 numbers per channel)");
        return new RecurrentState(width, kernel, (long)width * (state == 0 ? 128 : state), bytes);
    }

    private static QuantizationConfig? Quantization(JsonElement root, JsonElement text, JsonElement? more) =>
        (root.Child("quantization_config") ?? text.Child("quantization_config") ?? root.Child("compression_config")) is { } declared ? QuantizationConfig.Read(declared) : more is { } extra ? QuantizationConfig.Read(extra) : null;

    private static VisionTower? Vision(JsonElement root)
    {
        if ((root.Child("vision_config") ?? root.Child("thinker_config")?.Child("vision_config")) is not { ValueKind: JsonValueKind.Object } vision) return null;
        var hidden = First(vision, "hidden_size", "embed_dim", "width") ?? 1024;
        var merge = vision.Number("spatial_merge_size") is > 0 and < 100 and { } told ? told * told
            : root.Number("mm_tokens_per_image") is > 0 and { } tokens && vision.Number("image_size") is > 0 and { } size && vision.Number("patch_size") is > 0 and { } patch ? Math.Max(1, (int)Math.Min(10_000, (long)(size / patch) * (size / patch) / tokens))
            : 4;
        return new VisionTower(hidden, vision.Number("intermediate_size") ?? (4 * hidden), merge);
    }

    /// <summary>The context that vLLM derives: the positions, stretched by YaRN where they count from the original.</summary>
    private static int Positions(JsonElement text)
    {
        var positions = First(text, "max_position_embeddings", "max_seq_len", "n_positions", "seq_length", "model_max_length") ?? 2048;
        return Math.Max(1, positions);
    }

    private static JsonElement Language(JsonElement config, int depth) =>
        depth < 3 && Nested.Select(name => config.Child(name)).FirstOrDefault(found => found is { ValueKind: JsonValueKind.Object }) is { } nested ? Language(nested, depth + 1) : config;

    private static int? First(JsonElement element, params string[] names) => names.Select(name => element.Number(name)).FirstOrDefault(found => found is not null);
}
