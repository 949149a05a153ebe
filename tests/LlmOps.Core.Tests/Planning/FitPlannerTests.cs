using System.Text;
using LlmOps.Gpus;

namespace LlmOps.Planning.Tests;

/// <summary>What is said about a model on GPUs.</summary>
public sealed class FitPlannerTests
{
    private static readonly ModelMetadata Qwen72 = Model("Qwen/Qwen2.5-72B-Instruct", 145_412_407_296, """{"architectures":["Qwen2ForCausalLM"],"hidden_size":8192,"intermediate_size":29568,"num_hidden_layers":80,"num_attention_heads":64,"num_key_value_heads":8,"vocab_size":152064,"max_position_embeddings":32768}""");
    private static readonly ModelMetadata Qwen72Awq = Model("Qwen/Qwen2.5-72B-Instruct-AWQ", 41_598_492_672, """{"architectures":["Qwen2ForCausalLM"],"hidden_size":8192,"intermediate_size":29696,"num_hidden_layers":80,"num_attention_heads":64,"num_key_value_heads":8,"vocab_size":152064,"max_position_embeddings":32768,"quantization_config":{"quant_method":"awq","bits":4,"group_size":128}}""");
    private static readonly ModelMetadata Llama8 = Model("meta-llama/Llama-3.1-8B-Instruct", 16_060_522_496, """{"architectures":["LlamaForCausalLM"],"hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":128256,"max_position_embeddings":131072}""");

    [Fact]
    public void The_guides_model_fits_on_its_two_cards_and_says_how_to_start_it()
    {
        var fit = Plan(Qwen72Awq, "A40", 2, new FitRequest { Context = 32000 });
        Assert.True(fit.Fits);
        Assert.Equal((2, 1, 32000, 0.92), (fit.TensorParallelSize, fit.PipelineParallelSize, fit.MaxModelLen, fit.GpuMemoryUtilization));
        Assert.InRange(fit.WeightsGiB, 19.3, 19.5);
        Assert.Equal(fit.BudgetGiB, fit.WeightsGiB + fit.KvCacheGiB + fit.ActivationGiB + fit.CudaGraphGiB + fit.OverheadGiB, 0.05);
        Assert.Equal(fit.HeadroomGiB, fit.KvCacheGiB - fit.NeededKvCacheGiB, 0.02);
        Assert.Equal(32768, fit.LongestContext);
        Assert.InRange(fit.MaxConcurrency, 3.5, 4.5);

        // 696 GB/s over 20.8 GB of weights and 5 GB of keys and values, on each card.
        Assert.InRange(fit.TokensPerSecond!.Value, 25, 35);
    }

    [Fact]
    public void What_does_not_fit_names_what_binds_and_what_does()
    {
        var fit = Plan(Qwen72, "A40", 2, new FitRequest { Context = 32000 });
        Assert.Equal((false, FitLimit.Weights), (fit.Fits, fit.Limit));
        Assert.Contains(fit.Advice, advice => advice.StartsWith("4 × A40 (-TensorParallelSize 4", StringComparison.Ordinal));
        var error = PlanningErrors.DoesNotFit(fit);
        Assert.Equal("ModelDoesNotFit", error.ErrorId);
        Assert.Contains("its weights take 67.", error.Message, StringComparison.Ordinal);
        var tight = Plan(Llama8, "RTX 3090", 1, new FitRequest());
        Assert.Equal((false, FitLimit.KvCache), (tight.Fits, tight.Limit));
        Assert.Equal($"-MaxModelLen {tight.LongestContext}", tight.Advice[0]);
        Assert.True(Plan(Llama8, "RTX 3090", 1, new FitRequest { Context = tight.LongestContext }).Fits);
        Assert.False(Plan(Llama8, "RTX 3090", 1, new FitRequest { Context = tight.LongestContext + 16 }).Fits);
    }

    [Fact]
    public void The_heads_and_the_groups_of_quantized_weights_decide_over_how_many_GPUs()
    {
        Assert.Equal([1, 2, 4, 8], Parallelism.TensorSizes(Qwen72Awq.Architecture, 8));
        var seven = Model("x", 1, """{"hidden_size":3584,"intermediate_size":18944,"num_hidden_layers":28,"num_attention_heads":28,"num_key_value_heads":4}""").Architecture;
        Assert.Equal([1, 2, 4], Parallelism.TensorSizes(seven, 8));
        var grouped = Model("x", 1, """{"hidden_size":8192,"intermediate_size":29568,"num_hidden_layers":80,"num_attention_heads":64,"num_key_value_heads":8,"quantization_config":{"quant_method":"awq","bits":4,"group_size":128}}""").Architecture;
        Assert.Equal([1], Parallelism.TensorSizes(grouped, 8));
        Assert.Equal((1, 3), Parallelism.Choices(seven, 3)[0]);
        var three = Plan(Llama8, "RTX 3090", 3, new FitRequest { Context = 8192 });
        Assert.Equal(3, three.TensorParallelSize * three.PipelineParallelSize);
        Assert.Equal(["--pipeline-parallel-size", "3"], three.Argument);
        Assert.Equal(FitLimit.Parallelism, Plan(Llama8, "A40", 3, new FitRequest { TensorParallelSize = 3 }).Limit);
    }

    [Theory]
    [InlineData("GTX 1080", FitLimit.Engine)]
    [InlineData("M4 Max 64GB", FitLimit.Engine)]
    [InlineData("M4 Max", FitLimit.Engine)]
    public void A_GPU_on_which_the_engine_does_not_run_is_said(string gpu, FitLimit limit) => Assert.Equal(limit, Plan(Llama8, gpu, 1, new FitRequest()).Limit);

    [Fact]
    public void A_quantization_that_the_GPU_lacks_is_said()
    {
        var oss = Model("openai/gpt-oss-20b", 13_761_264_768, """{"hidden_size":2880,"intermediate_size":2880,"num_hidden_layers":24,"num_attention_heads":64,"num_key_value_heads":8,"head_dim":64,"vocab_size":201088,"num_local_experts":32,"num_experts_per_tok":4,"max_position_embeddings":131072,"quantization_config":{"quant_method":"mxfp4"}}""");
        var fit = Plan(oss, "T4", 1, new FitRequest());
        Assert.Equal(FitLimit.Quantization, fit.Limit);
        Assert.Contains("compute capability 8.0", fit.Notes[0], StringComparison.Ordinal);
        Assert.True(Plan(oss, "L4", 1, new FitRequest { Context = 8192 }).Fits);
    }

    [Fact]
    public void More_requests_a_smaller_cache_type_and_offloading_change_it_as_they_should()
    {
        var one = Plan(Llama8, "L4", 1, new FitRequest { Context = 16384 });
        var four = Plan(Llama8, "L4", 1, new FitRequest { Context = 16384, Concurrency = 4 });
        Assert.Equal((true, false), (one.Fits, four.Fits));
        Assert.Equal(one.NeededKvCacheGiB * 4, four.NeededKvCacheGiB, 0.02);
        var fp8 = Plan(Llama8, "L4", 1, new FitRequest { Context = 16384, KvCacheDtype = "fp8" });
        Assert.Equal(one.NeededKvCacheGiB / 2, fp8.NeededKvCacheGiB, 0.02);
        Assert.Equal(["--kv-cache-dtype", "fp8"], fp8.Argument);
        var offloaded = Plan(Llama8, "L4", 1, new FitRequest { Context = 16384, CpuOffloadGB = 4 });
        Assert.Equal(one.WeightsGiB - 4, offloaded.WeightsGiB, 0.011);
        Assert.Equal(one.HeadroomGiB + 4, offloaded.HeadroomGiB, 0.011);
        Assert.Equal(4.0, offloaded.HostGiB);
        Assert.Equal(FitLimit.ModelContext, Plan(Llama8, "H200", 1, new FitRequest { Context = 200_000 }).Limit);
    }

    [Fact]
    public void What_vLLM_printed_itself_is_taken_in_place_of_the_estimate()
    {
        var seen = new EngineMeasurement { Model = Llama8.Name, Gpu = "A40", GpuCount = 1, EngineVersion = "0.27.1", WeightsGiB = 15.01, KvCacheGiB = 24.4, KvTokens = 199_876, Utilization = 0.92, At = DateTimeOffset.UnixEpoch };
        var fit = new FitPlanner([seen]).Plan(Llama8, GpuCatalog.Get("A40"), 1, new FitRequest { Context = 8192 });
        Assert.Equal(("measured", 15.01, 24.4), (fit.Basis, fit.WeightsGiB, fit.KvCacheGiB));
        var less = new FitPlanner([seen]).Plan(Llama8, GpuCatalog.Get("A40"), 1, new FitRequest { Context = 8192, GpuMemoryUtilization = 0.82 });
        Assert.Equal(24.4 - 4.445, less.KvCacheGiB, 0.01);
        Assert.Equal("estimate", new FitPlanner([seen]).Plan(Llama8, GpuCatalog.Get("A40"), 2, new FitRequest { Context = 8192 }).Basis);
        Assert.Equal("estimate", new FitPlanner([seen]).Plan(Llama8, GpuCatalog.Get("A40"), 1, new FitRequest { Context = 8192, EngineVersion = "0.28.0" }).Basis);
    }

    [Fact]
    public void The_engines_own_figures_are_read_from_its_log_and_kept()
    {
        var draft = new EngineMeasurement { Model = "m", Gpu = "A40", GpuCount = 2, EngineVersion = "0.27.1", WeightsGiB = 0, KvCacheGiB = 0, KvTokens = 0, Utilization = 0.9, At = DateTimeOffset.UnixEpoch };
        string[] log =
        [
            "(Worker_TP0 pid=7) INFO 08-17 12:00:00 [gpu_model_runner.py:5516] Model loading took 19.40 GiB memory and 12.1 seconds",
            "(Worker_TP1 pid=8) INFO 08-17 12:00:00 [gpu_model_runner.py:5516] Model loading took 19.41 GiB memory and 12.2 seconds",
            "(Worker_TP0 pid=7) INFO 08-17 12:00:09 [gpu_worker.py:579] Available KV cache memory: 19.51 GiB",
            "(Worker_TP1 pid=8) INFO 08-17 12:00:09 [gpu_worker.py:579] Available KV cache memory: 19.48 GiB",
            "(EngineCore pid=5) INFO 08-17 12:00:10 [kv_cache_utils.py:1876] GPU KV cache size: 127,584 tokens, Maximum concurrency for 32,000 tokens per request: 3.99x",
        ];
        var read = EngineMeasurement.Read(log, draft)!;
        Assert.Equal((19.41, 19.48, 127584, 3.99), (read.WeightsGiB, read.KvCacheGiB, read.KvTokens, read.MaxConcurrency));
        Assert.Null(EngineMeasurement.Read(log.Take(3), draft));
        var folder = Path.Join(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        try
        {
            var history = new FitHistory(folder);
            Assert.Empty(history.Of("m"));
            history.Add(read);
            history.Add(read with { KvCacheGiB = 19.5 });
            File.WriteAllText(Path.Join(folder, "broken.json"), "{");
            Assert.Equal(19.5, Assert.Single(history.Of("M")).KvCacheGiB);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Llama_cpp_puts_as_many_layers_onto_the_GPU_as_fit()
    {
        var gguf = new ModelMetadata { Name = "m", WeightSource = "files", WeightBytes = 42_520_000_000, IsGguf = true, GgufQuantization = "Q4_K_M", Architecture = GgufArchitecture.Of(GgufHeader.Read(GgufBytes.Llama(layers: 80), "m"), "m") };
        var all = Plan(gguf, "H100", 1, new FitRequest { Context = 8192 });
        Assert.Equal((LlmEngine.LlamaCpp, true, 81), (all.Engine, all.Fits, all.GpuLayers));
        var some = Plan(gguf, "RTX 3090", 1, new FitRequest { Context = 8192 });
        Assert.False(some.Fits);
        Assert.InRange(some.GpuLayers!.Value, 35, 45);
        Assert.InRange(some.HostGiB, 18, 24);
        var told = Plan(gguf, "RTX 3090", 1, new FitRequest { Context = 8192, GpuLayers = some.GpuLayers });
        Assert.True(told.Fits);
        Assert.False(Plan(gguf, "RTX 3090", 1, new FitRequest { Context = 8192, GpuLayers = some.GpuLayers + 1 }).Fits);
        Assert.True(Plan(gguf, "M4 Max 128GB", 1, new FitRequest { Context = 8192 }).Fits);
    }

    private static LlmFit Plan(ModelMetadata model, string gpu, int count, FitRequest request) => new FitPlanner().Plan(model, GpuCatalog.Get(gpu), count, request);

    private static ModelMetadata Model(string name, long bytes, string config) => new() { Name = name, WeightBytes = bytes, WeightSource = "files", Architecture = ModelConfigReader.Read(Encoding.UTF8.GetBytes(config)) };
}
