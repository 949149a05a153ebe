using System.Text;
using LlmOps.Hub;
using LlmOps.Hub.Tests;

namespace LlmOps.Planning.Tests;

/// <summary>Metadata from the Hub, with its requests counted, from the cache and from folders.</summary>
public sealed class MetadataTests : IDisposable
{
    private const string Config = """{"architectures":["DeepseekV3ForCausalLM"],"hidden_size":7168,"num_hidden_layers":61,"num_attention_heads":128,"num_key_value_heads":128,"kv_lora_rank":512,"qk_rope_head_dim":64,"n_routed_experts":256,"num_experts_per_tok":8,"moe_intermediate_size":2048,"intermediate_size":18432,"vocab_size":129280,"max_position_embeddings":163840,"quantization_config":{"quant_method":"fp8"}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("llmops-metadata-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Seven_hundred_gigabytes_cost_less_than_a_megabyte_and_at_most_four_round_trips()
    {
        var repo = new FakeRepo();
        repo.AddPlain("config.json", Config);
        for (var shard = 1; shard <= 163; shard++) repo.Files[$"model-{shard:00000}-of-000163.safetensors"] = new FakeFile([(byte)shard], IsLarge: true) { ClaimedSize = 4_300_000_000 };
        repo.AddPlain("model.safetensors.index.json", "{\"metadata\":{\"total_size\":700900000000},\"weight_map\":{" + string.Join(",", Enumerable.Range(0, 90_000).Select(tensor => $"\"model.layers.{tensor}.mlp.experts.gate_proj.weight\":\"model-00001-of-000163.safetensors\"")) + "}}");
        using var hub = new FakeHub(repo);
        var model = await ReadAsync(hub, "acme/model");
        Assert.Equal((163 * 4_300_000_000, "files", "fp8", FakeRepo.Commit), (model.WeightBytes, model.WeightSource, model.Quantization, model.Commit));
        Assert.InRange(hub.Log.Sum(entry => entry.Sent.Value), 1, 1_000_000);

        // The commit first; then the list, config.json and hf_quant_config.json at once, of which the second needs a redirect.
        Assert.Equal(["cache", "info", "resolve", "resolve", "tree"], hub.Log.Select(entry => entry.Target).Order());
    }

    [Fact]
    public async Task A_GGUF_file_is_read_by_its_beginning()
    {
        var repo = new FakeRepo();
        repo.AddPlain("README.md", "x");
        var content = GgufBytes.Llama(words: 100_000);
        repo.Files["model-Q4_K_M.gguf"] = new FakeFile(content, IsLarge: true) { ClaimedSize = 4_920_000_000 };
        repo.Files["model-Q8_0.gguf"] = new FakeFile(content, IsLarge: true) { ClaimedSize = 8_540_000_000 };
        using var hub = new FakeHub(repo);
        var model = await ReadAsync(hub, "acme/model", "Q4_K_M");
        Assert.Equal((4_920_000_000, "Q4_K_M", true, 32), (model.WeightBytes, model.Quantization, model.IsGguf, model.Architecture.Layers));
        Assert.InRange(hub.CdnBytes, 1, 300_000);
        var several = await Assert.ThrowsAsync<LlmOpsException>(() => ReadAsync(hub, "acme/model"));
        Assert.Equal("QuantizationNeeded", several.ErrorId);
        Assert.Equal("Q8_0", (await ReadAsync(hub, "acme/model:Q8_0")).Quantization);
    }

    [Fact]
    public async Task Stand_ins_that_are_far_too_small_give_way_to_the_index()
    {
        var repo = new FakeRepo();
        repo.AddPlain("config.json", Config);
        repo.AddPlain("model-00001-of-00002.safetensors", "version https://git-lfs.github.com/spec/v1");
        repo.AddPlain("model.safetensors.index.json", """{"metadata":{"total_size":688586727424},"weight_map":{}}""");
        using var hub = new FakeHub(repo);
        Assert.Equal(688_586_727_424, (await ReadAsync(hub, "acme/model")).WeightBytes);
    }

    [Fact]
    public async Task Without_any_size_the_config_tells_about_it()
    {
        var repo = new FakeRepo();
        repo.AddPlain("config.json", Config);
        using var hub = new FakeHub(repo);
        var model = await ReadAsync(hub, "acme/model");
        Assert.Equal("config", model.WeightSource);
        Assert.InRange(model.WeightBytes, 600e9, 720e9);
    }

    [Fact]
    public async Task What_the_cache_or_a_folder_holds_needs_no_network_and_the_rest_says_what_it_needs()
    {
        var snapshot = Directory.CreateDirectory(Path.Join(_folder, "hub", "models--acme--here", "snapshots", FakeRepo.Commit)).FullName;
        Directory.CreateDirectory(Path.Join(_folder, "hub", "models--acme--here", "refs"));
        await File.WriteAllTextAsync(Path.Join(_folder, "hub", "models--acme--here", "refs", "main"), FakeRepo.Commit);
        await File.WriteAllTextAsync(Path.Join(snapshot, "config.json"), Config);
        await using (var weights = File.Create(Path.Join(snapshot, "model.safetensors"))) weights.SetLength(200_000_000_000);
        var reader = new MetadataReader(new HubEnvironment(Offline), TimeProvider.System);
        Assert.Equal(200_000_000_000, (await reader.ReadAsync("acme/here", "main", null, null, default)).WeightBytes);
        Assert.Equal(200_000_000_000, (await reader.ReadAsync(snapshot, "main", null, null, default)).WeightBytes);
        var missing = await Assert.ThrowsAsync<LlmOpsException>(() => reader.ReadAsync("acme/there", "main", null, null, default));
        Assert.Equal("MetadataOffline", missing.ErrorId);
        Assert.Contains("config.json", missing.Message, StringComparison.Ordinal);
        Assert.Equal("PlanModelNotFound", (await Assert.ThrowsAsync<LlmOpsException>(() => reader.ReadAsync("/no/such/folder", "main", null, null, default))).ErrorId);
    }

    [Fact]
    public async Task A_GGUF_file_of_this_machine_is_read()
    {
        var path = Path.Join(_folder, "tiny-Q8_0.gguf");
        await File.WriteAllBytesAsync(path, GgufBytes.Llama());
        var model = await new MetadataReader(new HubEnvironment(Offline), TimeProvider.System).ReadAsync(path, "main", null, null, default);
        Assert.Equal((true, "Q8_0", new FileInfo(path).Length), (model.IsGguf, model.Quantization, model.WeightBytes));
    }

    private string? Offline(string name) => name switch { "HF_HUB_OFFLINE" => "1", "HF_HOME" => _folder, _ => null };

    private Task<ModelMetadata> ReadAsync(FakeHub hub, string model, string? quantization = null) =>
        new MetadataReader(new HubEnvironment(name => name switch { "HF_ENDPOINT" => hub.Endpoint, "HF_HOME" => _folder, _ => null }), TimeProvider.System).ReadAsync(model, "main", quantization, null, default);
}
