using System.Text;
using System.Text.Json.Nodes;

namespace LlmOps.Planning.Tests;

/// <summary>config.json in the many ways in which models write it.</summary>
public sealed class ModelConfigTests
{
    private const string Plain = """{"architectures":["LlamaForCausalLM"],"hidden_size":4096,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"intermediate_size":14336,"vocab_size":128256,"max_position_embeddings":131072}""";

    [Fact]
    public void Grouped_queries()
    {
        var model = Read(Plain);
        Assert.Equal((128, 8), (model.HeadDim, model.KvHeads));
        Assert.Equal((LayerKind.Full, 32), Kinds(model).Single());
        Assert.Empty(model.Unknown);
    }

    [Fact]
    public void Latent_attention_is_not_spread_over_the_GPUs()
    {
        var model = Read("""{"architectures":["DeepseekV3ForCausalLM"],"hidden_size":7168,"num_hidden_layers":61,"num_attention_heads":128,"num_key_value_heads":128,"kv_lora_rank":512,"qk_rope_head_dim":64,"q_lora_rank":1536,"n_routed_experts":256,"num_experts_per_tok":8,"n_shared_experts":1,"moe_intermediate_size":2048,"intermediate_size":18432,"num_nextn_predict_layers":1,"vocab_size":129280,"quantization_config":{"quant_method":"fp8","weight_block_size":[128,128]}}""");
        Assert.Equal((LayerKind.Latent, 61), Kinds(model).Single());
        Assert.Equal(70272, model.Groups[0].BytesPerToken(1, KvCacheType.Half) * 61);
        Assert.Equal(70272, model.Groups[0].BytesPerToken(8, KvCacheType.Half) * 61);
        Assert.Equal((1, true, "fp8"), (model.SpeculativeLayers, model.IsMixture, model.Quantization!.Method));
    }

    [Theory]
    [InlineData("\"sliding_window\":4096", LayerKind.Sliding, 32, LayerKind.Sliding, 32)]
    [InlineData("\"sliding_window\":4096,\"use_sliding_window\":false", LayerKind.Full, 32, LayerKind.Full, 32)]
    [InlineData("\"sliding_window\":null", LayerKind.Full, 32, LayerKind.Full, 32)]
    [InlineData("\"sliding_window\":1024,\"sliding_window_pattern\":6", LayerKind.Full, 5, LayerKind.Sliding, 27)]
    [InlineData("\"sliding_window\":4096,\"model_type\":\"gemma2\"", LayerKind.Full, 16, LayerKind.Sliding, 16)]
    [InlineData("\"full_attention_interval\":4,\"linear_num_value_heads\":32", LayerKind.Full, 8, LayerKind.Recurrent, 24)]
    [InlineData("\"attn_layer_period\":8,\"attn_layer_offset\":4,\"mamba_d_state\":16", LayerKind.Full, 4, LayerKind.Recurrent, 28)]
    [InlineData("\"hybrid_override_pattern\":\"M-M-M*-M-M-M-M*-M-M-M-M-M*-M-M-\"", LayerKind.Full, 3, LayerKind.Recurrent, 14)]
    public void Layers_of_several_kinds(string extra, LayerKind first, int firstCount, LayerKind last, int lastCount)
    {
        var kinds = Kinds(Read(Plain[..^1] + "," + extra + "}"));
        Assert.Equal(((first, firstCount), (last, lastCount)), (kinds[0], kinds[^1]));
    }

    [Fact]
    public void A_layer_type_that_nobody_knows_is_named_and_planned_as_full_attention()
    {
        var model = Read(Plain[..^1] + ",\"layer_types\":[" + string.Join(",", Enumerable.Repeat("\"full_attention\"", 31)) + ",\"quantum_attention\"]}");
        Assert.Equal((LayerKind.Full, 32), Kinds(model).Single());
        Assert.Contains("quantum_attention", Assert.Single(model.Unknown), StringComparison.Ordinal);
    }

    [Fact]
    public void The_language_part_of_a_multimodal_model_is_found_and_its_vision_tower_too()
    {
        var text = JsonNode.Parse(Plain)!;
        text["architectures"] = null;
        var model = Read(new JsonObject
        {
            ["architectures"] = new JsonArray("Qwen3VLForConditionalGeneration"),
            ["text_config"] = text,
            ["vision_config"] = new JsonObject { ["hidden_size"] = 1152, ["intermediate_size"] = 4304, ["spatial_merge_size"] = 2 },
        }.ToJsonString());
        Assert.Equal(("Qwen3VLForConditionalGeneration", 32), (model.Name, model.Layers));
        Assert.Equal(new VisionTower(1152, 4304, 4), model.Vision);
    }

    [Theory]
    [InlineData("""{"quant_method":"awq","bits":4,"group_size":128}""", "awq", 0.51953125, false)]
    [InlineData("""{"quant_method":"gptq","bits":8,"group_size":-1}""", "gptq", 1, false)]
    [InlineData("""{"quant_method":"fp8"}""", "fp8", 1, false)]
    [InlineData("""{"quant_method":"mxfp4"}""", "mxfp4", 0.53125, false)]
    [InlineData("""{"quant_method":"bitsandbytes","load_in_4bit":true}""", "bitsandbytes", 0.516, false)]
    [InlineData("""{"quant_method":"compressed-tensors","config_groups":{"group_0":{"weights":{"num_bits":8,"type":"int"}}}}""", "int8", 1, false)]
    [InlineData("""{"quant_method":"compressed-tensors","config_groups":{"group_0":{"weights":{"num_bits":8,"type":"float"}}},"kv_cache_scheme":{"num_bits":8,"type":"float"}}""", "fp8", 1, true)]
    [InlineData("""{"quant_method":"compressed-tensors","format":"nvfp4-pack-quantized","config_groups":{"group_0":{"weights":{"num_bits":4,"type":"float","group_size":16}}}}""", "nvfp4", 0.5625, false)]
    [InlineData("""{"quant_method":"modelopt","quant_algo":"NVFP4","kv_cache_quant_algo":"FP8"}""", "nvfp4", 0.5625, true)]
    public void Quantizations(string declared, string method, double bytes, bool cache)
    {
        var model = Read(Plain[..^1] + ",\"quantization_config\":" + declared + "}");
        Assert.Equal((method, bytes, cache), (model.Quantization!.Method, model.Quantization.BytesPerWeight, model.Quantization.HasFp8Cache));
        Assert.Equal(cache ? 1 : 2, KvCacheType.Of(null, model.Quantization).BytesPerNumber);
    }

    [Fact]
    public void A_quantization_in_a_file_of_its_own_counts() =>
        Assert.Equal("nvfp4", ModelConfigReader.Read(Encoding.UTF8.GetBytes(Plain), Encoding.UTF8.GetBytes("""{"producer":{"name":"modelopt"},"quantization":{"quant_algo":"NVFP4","kv_cache_quant_algo":"FP8"}}""")).Quantization!.Method);

    [Fact]
    public void No_text_makes_it_fail_otherwise()
    {
        var random = new Random(99);
        var good = Encoding.UTF8.GetBytes(Plain[..^1] + ""","layer_types":["full_attention","sliding_attention"],"sliding_window":128,"quantization_config":{"quant_method":"awq","bits":4},"vision_config":{"hidden_size":9,"patch_size":3,"image_size":9},"mm_tokens_per_image":2}""");
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])good.Clone();
            for (var change = random.Next(5); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)"{}[]\",:0123456789-.enltrufas"[random.Next(28)];
            try
            {
                var model = ModelConfigReader.Read(bytes);
                _ = new WeightPlan(model, WeightEstimate.Of(model), new VllmOptions(), true).PerGpu;
                _ = new KvCachePlan(model, new VllmOptions(), 2048).BlocksOf(1000);
            }
            catch (LlmOpsException refused)
            {
                Assert.Equal("ModelConfigUnreadable", refused.ErrorId);
            }
        }
    }

    private static ModelArchitecture Read(string json) => ModelConfigReader.Read(Encoding.UTF8.GetBytes(json));

    private static List<(LayerKind Kind, int Count)> Kinds(ModelArchitecture model) => [.. model.Groups.Select(group => (group.Kind, group.Count))];
}
