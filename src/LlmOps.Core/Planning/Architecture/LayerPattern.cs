using System.Text.Json;

namespace LlmOps.Planning;

/// <summary>
/// Which kind each layer is. config.json says it in one of many ways: a list <c>layer_types</c>, a period (<c>sliding_window_pattern</c>, <c>full_attention_interval</c>,
/// <c>attn_layer_period</c>), a text (<c>hybrid_override_pattern</c>), or a window for all.
/// </summary>
internal static class LayerPattern
{
    private const string Attention = "attention";

    /// <summary>The kinds with the number of their layers; layers that keep nothing (feed-forward only, shared keys and values) are left out.</summary>
    /// <param name="text">The config of the language part.</param>
    /// <param name="layers">How many layers there are.</param>
    /// <param name="unknown">Takes what was not understood.</param>
    public static IReadOnlyList<(LayerKind Kind, int Count)> Read(JsonElement text, int layers, List<string> unknown)
    {
        var kinds = Kinds(text, layers, unknown).ToList();
        var keeping = Math.Max(0, layers - (text.Number("num_kv_shared_layers") ?? 0));
        return [.. kinds.Take(keeping).Where(kind => kind is not null).GroupBy(kind => kind!.Value).Select(group => (group.Key, group.Count())).OrderBy(group => group.Key)];
    }

    private static IEnumerable<LayerKind?> Kinds(JsonElement text, int layers, List<string> unknown)
    {
        var all = Enumerable.Range(0, layers);
        var window = text.Number("sliding_window") is > 0 && !(text.Child("use_sliding_window") is { ValueKind: JsonValueKind.False });
        if (text.Texts("layer_types") is { Count: > 0 } types) return types.Select(type => OfName(type, window, unknown));
        if (text.Texts("layers_block_type") is { Count: > 0 } blocks) return blocks.Select(type => OfName(type, window, unknown));
        if (text.Text("hybrid_override_pattern") is { Length: > 0 } letters) return letters.Select(letter => letter switch { 'M' => LayerKind.Recurrent, '*' => LayerKind.Full, _ => (LayerKind?)null });
        if (text.Number("full_attention_interval") is > 0 and { } interval && text.Number("linear_num_value_heads") is not null)
            return all.Select(layer => (LayerKind?)((layer + 1) % interval == 0 ? LayerKind.Full : LayerKind.Recurrent));
        if (text.Number("attn_layer_period") is > 0 and { } period)
            return all.Select(layer => (LayerKind?)(layer % period == (text.Number("attn_layer_offset") ?? 0) ? LayerKind.Full : LayerKind.Recurrent));
        if (text.Number("kv_lora_rank") is > 0) return all.Select(_ => (LayerKind?)LayerKind.Latent);
        if (!window) return all.Select(_ => (LayerKind?)(IsMamba(text) ? LayerKind.Recurrent : LayerKind.Full));
        if (text.Number("sliding_window_pattern") is > 1 and { } every) return all.Select(layer => (LayerKind?)((layer + 1) % every == 0 ? LayerKind.Full : LayerKind.Sliding));

        // Gemma 2 takes turns and says so only by its name.
        return text.Text("model_type") == "gemma2" ? all.Select(layer => (LayerKind?)(layer % 2 == 0 ? LayerKind.Sliding : LayerKind.Full)) : all.Select(_ => (LayerKind?)LayerKind.Sliding);
    }

    private static bool IsMamba(JsonElement text) => text.Text("model_type") is "mamba" or "mamba2" or "falcon_mamba";

    private static LayerKind? OfName(string type, bool window, List<string> unknown)
    {
        switch (type)
        {
            case "full_attention" or Attention or "global_attention" or "hybrid": return LayerKind.Full;
            case "sliding_attention" or "local_attention": return window ? LayerKind.Sliding : LayerKind.Full;
            case "chunked_attention": return LayerKind.Chunked;
            case "linear_attention" or "mamba" or "mamba2" or "conv" or "recurrent": return LayerKind.Recurrent;
            case "mlp" or "moe": return null;
            default:
                unknown.Add($"the layer type '{type}' (planned as full attention)");
                return LayerKind.Full;
        }
    }
}
