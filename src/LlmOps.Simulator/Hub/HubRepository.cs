using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace LlmOps.Simulator.Hub;

/// <summary>A repository of the rehearsal hub: one commit of one model.</summary>
internal sealed class HubRepository(HubModel model)
{
    private const string ChatTemplate =
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private IReadOnlyList<HubFile>? _files;

    public HubModel Model { get; } = model;

    /// <summary>The commit of <c>main</c>.</summary>
    public string Commit { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{model.Id}\n{model.Config}")))[..40];

    public IReadOnlyList<HubFile> Files => _files ??= Make();

    /// <summary>The bytes of the files as served.</summary>
    public long ServedSize => Files.Sum(file => (long)file.Content.Length);

    public bool HasRevision(string revision) => revision is "main" or "HEAD" || (revision.Length >= 7 && Commit.StartsWith(revision, StringComparison.Ordinal));

    private List<HubFile> Make()
    {
        var files = new List<HubFile>
        {
            new(".gitattributes", "*.safetensors filter=lfs diff=lfs merge=lfs -text\n"),
            new("README.md", $"---\nlicense: {Model.License}\npipeline_tag: {Model.Pipeline}\n---\n\n# {Model.Id}\n\nA stand-in with made-up weights for rehearsals.\n"),
            new("config.json", JsonNode.Parse(Model.Config)!.ToJsonString(IndentedJson.Options)),
            new("generation_config.json", "{\n  \"do_sample\": true,\n  \"temperature\": 0.7,\n  \"top_p\": 0.8,\n  \"top_k\": 20,\n  \"repetition_penalty\": 1.05\n}\n"),
            new("merges.txt", "#version: 0.2\n" + string.Concat(Enumerable.Range(0, 400).Select(number => string.Create(CultureInfo.InvariantCulture, $"s {number}\n")))),
            new("tokenizer.json", Tokenizer()),
            new("tokenizer_config.json", new JsonObject
            {
                ["chat_template"] = ChatTemplate, ["eos_token"] = "<|im_end|>", ["model_max_length"] = 131072, ["tokenizer_class"] = "Qwen2Tokenizer",
            }.ToJsonString(IndentedJson.Options)),
        };
        files.AddRange(Enumerable.Range(1, Model.Shards).Select(shard => new HubFile(ShardName(shard), true, () => ShardContent.Make(Model, shard))));
        if (Model.Shards > 1) files.Add(new HubFile("model.safetensors.index.json", Index()));
        return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    private string ShardName(int shard) => Model.Shards == 1 ? "model.safetensors" : string.Create(CultureInfo.InvariantCulture, $"model-{shard:D5}-of-{Model.Shards:D5}.safetensors");

    private string Index()
    {
        var layers = (int)Model.ConfigObject["num_hidden_layers"]!;
        var map = new JsonObject { ["model.embed_tokens.weight"] = ShardName(1) };
        foreach (var layer in Enumerable.Range(0, layers))
            foreach (var part in new[] { "input_layernorm", "mlp.down_proj", "mlp.gate_proj", "mlp.up_proj", "post_attention_layernorm", "self_attn.k_proj", "self_attn.o_proj", "self_attn.q_proj", "self_attn.v_proj" })
                map[string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.{part}.weight")] = ShardName(1 + (layer * Model.Shards / layers));
        map["model.norm.weight"] = ShardName(Model.Shards);
        map["lm_head.weight"] = ShardName(Model.Shards);
        return new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = Model.TotalSize }, ["weight_map"] = map }.ToJsonString(IndentedJson.Options);
    }

    private static string Tokenizer()
    {
        var words = new JsonObject();
        foreach (var number in Enumerable.Range(0, 20000)) words[string.Create(CultureInfo.InvariantCulture, $"s{number}")] = number;
        return new JsonObject { ["version"] = "1.0", ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = words, ["merges"] = new JsonArray() } }.ToJsonString();
    }
}
