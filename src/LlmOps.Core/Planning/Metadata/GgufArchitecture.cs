namespace LlmOps.Planning;

/// <summary>What the header of a GGUF file says about the model. Keys: gguf.md in ggml, <c>{architecture}.block_count</c> and the like.</summary>
internal static class GgufArchitecture
{
    /// <summary>Reads it.</summary>
    /// <exception cref="LlmOpsException"><c>GgufUnreadable</c> if it does not describe a language model.</exception>
    public static ModelArchitecture Of(GgufHeader header, string path)
    {
        var name = header.Text("general.architecture") ?? throw PlanningErrors.GgufUnreadable(path, "it does not name its architecture");
        var layers = Number("block_count") ?? 0;
        var hidden = Number("embedding_length") ?? 0;
        if (layers is < 1 or > 10_000 || hidden < 1) throw PlanningErrors.GgufUnreadable(path, "it does not say how many layers the model has");
        var heads = Math.Max(1, Number("attention.head_count") ?? 1);
        var key = Number("attention.key_length") ?? (hidden / heads);
        var value = Number("attention.value_length") ?? key;
        var window = Number("attention.sliding_window") ?? 0;
        var latent = Number("attention.kv_lora_rank");
        var perLayer = header.Pairs.GetValueOrDefault($"{name}.attention.head_count_kv") as long[];
        var groups = perLayer is { Length: > 0 }
            ? perLayer.Where(count => count > 0).GroupBy(count => count).Select(group => new LayerGroup(LayerKind.Full, group.Count()) { KvHeads = (int)group.Key, KeyDim = key, ValueDim = value }).ToList()
            : latent is > 0 ? [new LayerGroup(LayerKind.Latent, layers) { KeyDim = latent.Value + (Number("rope.dimension_count") ?? 64) }]
            : Split(layers, window, Math.Max(1, Number("attention.head_count_kv") ?? heads), key, value, header.Number($"{name}.attention.sliding_window_pattern"));
        return new ModelArchitecture
        {
            Name = name,
            Hidden = hidden,
            Layers = layers,
            Heads = heads,
            KvHeads = groups.Select(group => group.KvHeads).DefaultIfEmpty(1).Max(),
            HeadDim = key,
            Intermediate = Number("feed_forward_length") ?? (4 * hidden),
            Vocabulary = Number("vocab_size") ?? 0,
            MaxPositions = Math.Max(1, Number("context_length") ?? 2048),
            Groups = groups,
            Experts = Number("expert_count") ?? 0,
            ExpertsPerToken = Number("expert_used_count") ?? 0,
            ExpertIntermediate = Number("expert_feed_forward_length") ?? 0,
            Quantization = new QuantizationConfig("gguf", null, null, false),
        };

        int? Number(string suffix) => header.Number($"{name}.{suffix}") is { } found and >= 0 and <= int.MaxValue ? (int)found : null;
    }

    private static List<LayerGroup> Split(int layers, int window, int heads, int key, int value, long? pattern)
    {
        LayerGroup Of(LayerKind kind, int count) => new(kind, count) { KvHeads = heads, KeyDim = key, ValueDim = value, Window = window };
        if (window == 0 || pattern is not > 1) return [Of(LayerKind.Full, layers)];
        var full = (int)(layers / pattern.Value);
        return [Of(LayerKind.Full, full), Of(LayerKind.Sliding, layers - full)];
    }
}
