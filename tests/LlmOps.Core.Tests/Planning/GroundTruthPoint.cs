using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LlmOps.Gpus;

namespace LlmOps.Planning.Tests;

/// <summary>A server of which vLLM's own log is known: what it ran, on what, and what it printed.</summary>
public sealed partial class GroundTruthPoint
{
    private static readonly Lazy<IReadOnlyList<GroundTruthPoint>> Points = new(Load);

    // What a log's heading leaves open; which version it was follows from what it prints (docs/fit.md).
    private static readonly Dictionary<string, Version> Vague = new()
    {
        ["vLLM V1"] = new Version(0, 20),
        ["vLLM 0.1x"] = new Version(0, 19),
        ["vLLM 0.2x"] = new Version(0, 22),
        ["vLLM docs"] = new Version(0, 20),
        ["vLLM PR #12569 build"] = new Version(0, 7),
        ["vLLM nightly 1acd67a7 (2026-05-10)"] = new Version(0, 21),
        ["vLLM nightly 01d4d1ad (2026-05-03)"] = new Version(0, 20),
        ["vllm-openai:gemma4-unified (2026-06-04)"] = new Version(0, 22),
        ["same image"] = new Version(0, 22),
    };

    private readonly JsonObject _json;

    private GroundTruthPoint(JsonObject json) => _json = json;

    public static IReadOnlyList<GroundTruthPoint> All => Points.Value;

    public string Id => (string)_json["id"]!;

    public string Engine => (string)_json["engine"]!;

    public Version Version => Vague.TryGetValue(Engine, out var known) ? known : System.Version.Parse(Numbers().Match(Engine).Value);

    public int TensorParallel => Math.Max(1, (int)_json["tp"]!);

    public bool HasConfig => _json["config"]!.AsObject().Count > 0;

    public double? Observed(string name) => (double?)_json["observed"]![name];

    public double? Flag(string name) => (double?)_json["flags"]?[name];

    /// <summary>The GPU; null where the point only supposes it, which is not good enough for the total.</summary>
    public GpuSpec? KnownGpu => ((string)_json["gpu"]!).Contains("inferred", StringComparison.Ordinal) ? null : Gpu;

    public GpuSpec? Gpu => GpuCatalog.Find(Inferred().Replace((string)_json["gpu"]!, "").Replace(" unified", "", StringComparison.Ordinal).Replace("DGX Spark ", "", StringComparison.Ordinal).Trim());

    /// <summary>The bytes of all weights, where the point tells enough: a count of parameters, the size of the file, or a config with all its sizes.</summary>
    public long? WeightBytes
    {
        get
        {
            var config = _json["config"]!.AsObject();
            if ((double?)config["file_gib"] is { } file) return (long)(file * (1L << 30));
            if ((long?)config["params"] is not { } parameters) return config.ContainsKey("intermediate_size_padded_awq") ? WeightEstimate.Of(Architecture) : null;
            var table = 2L * (int)config["vocab_size"]! * (int)config["hidden_size"]!;
            return ((string?)config["quantization"])?.StartsWith("int8", StringComparison.Ordinal) == true ? parameters - table + (table * 2) : parameters * 2;
        }
    }

    public ModelArchitecture Architecture => ModelConfigReader.Read(System.Text.Encoding.UTF8.GetBytes(Config().ToJsonString()));

    public VllmOptions Options => new()
    {
        TensorParallel = TensorParallel,
        Version = Version,
        MaxModelLen = (int?)Flag("max_model_len"),
        Utilization = Flag("gpu_memory_utilization"),
        MaxBatchedTokens = (int?)Flag("max_num_batched_tokens"),
        MaxSequences = (int?)Flag("max_num_seqs"),
        KvCacheDtype = (string?)_json["flags"]?["kv_cache_dtype"],
        Eager = (bool?)_json["flags"]?["enforce_eager"] ?? false,
        SpeculativeTokens = (int?)Flag("num_speculative_tokens") ?? (Speculation().Match((string)_json["model"]!) is { Success: true } told ? (told.Groups[1].Success ? int.Parse(told.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 1) : 0),
    };

    public override string ToString() => Id;

    /// <summary>The point's short config as a config.json has it.</summary>
    private JsonObject Config()
    {
        var config = _json["config"]!.AsObject();
        var text = (JsonObject)(config["text_config"] ?? config).DeepClone();
        var layers = (int?)text["num_hidden_layers"] ?? 1;
        text["architectures"] = new JsonArray(((string?)config["arch"] ?? (string)_json["model"]!).Split(' ')[0]);
        if ((int?)text["intermediate_size_padded_awq"] is { } padded) text["intermediate_size"] = padded;
        if ((int?)text["head_dim_sliding"] is { } narrow) text["head_dim"] = narrow;
        if (text["global_kv_heads"] is { } global) text["num_global_key_value_heads"] = int.Parse(Numbers().Match(global.ToString()).Value, CultureInfo.InvariantCulture);
        if ((int?)text["linear_head_dim"] is { } linear) (text["linear_key_head_dim"], text["linear_value_head_dim"]) = (linear, linear);
        if ((int?)text["conv_kernel"] is { } kernel) text["linear_conv_kernel_dim"] = kernel;
        var others = (Count: (int?)text["sliding_layers"] ?? (int?)text["gdn_layers"] ?? 0, Name: text.ContainsKey("gdn_layers") ? "linear_attention" : "sliding_attention");
        if (others.Count > 0) text["layer_types"] = new JsonArray([.. Enumerable.Range(0, layers).Select(layer => (JsonNode)(layer < layers - others.Count ? "full_attention" : others.Name))]);
        text["hidden_size"] ??= 1024;
        text["num_attention_heads"] ??= 64;
        if (Options.SpeculativeTokens > 0 && text.ContainsKey("gdn_layers")) text["mtp_num_hidden_layers"] = 1;
        if (((string?)text["quantization"])?.Contains("awq", StringComparison.Ordinal) == true) text["quantization_config"] = new JsonObject { ["quant_method"] = "awq", ["bits"] = 4, ["group_size"] = 128 };
        if ((string?)text["quantization"] == "mxfp4") (text["quantization_config"], text["num_local_experts"], text["num_experts_per_tok"], text["intermediate_size"], text["max_position_embeddings"]) = (new JsonObject { ["quant_method"] = "mxfp4" }, 32, 4, 2880, 131072);
        return text;
    }

    private static IReadOnlyList<GroundTruthPoint> Load()
    {
        using var resource = typeof(GroundTruthPoint).Assembly.GetManifestResourceStream("fit-groundtruth.json")!;
        return [.. JsonNode.Parse(resource)!["points"]!.AsArray().Select(point => new GroundTruthPoint(point!.AsObject()))];
    }

    [GeneratedRegex(@"\d+(?:\.\d+)*")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"MTP(?: n=(\d+))?")]
    private static partial Regex Speculation();

    [GeneratedRegex(@" ?\([^)]*\)")]
    private static partial Regex Inferred();
}
