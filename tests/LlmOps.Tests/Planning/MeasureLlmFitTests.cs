using System.Management.Automation;
using LlmOps.Planning;

namespace LlmOps.Tests.Planning;

/// <summary>Measure-LlmFit without a rig and without a network.</summary>
public sealed class MeasureLlmFitTests : IDisposable
{
    private const string Config = """{"architectures":["LlamaForCausalLM"],"hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":128256,"max_position_embeddings":131072}""";

    private readonly Session _session = new();

    public MeasureLlmFitTests()
    {
        _session.SetEnvironment("HF_HUB_OFFLINE", "1");
        _session.SetEnvironment("HF_HOME", Path.Join(_session.Folder, "hf"));
        var model = Directory.CreateDirectory(Path.Join(_session.Folder, "llama-8b")).FullName;
        File.WriteAllText(Path.Join(model, "config.json"), Config);
        using (var weights = File.Create(Path.Join(model, "model.safetensors"))) weights.SetLength(16_060_522_496);
        _session.SetVariable("model", model);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_folder_is_planned_on_named_GPUs_and_on_those_of_the_pipeline()
    {
        var fit = _session.Invoke("Measure-LlmFit $model -Gpu a40 -Context 32k -Concurrency 2").NoErrors().Single<LlmFit>();
        Assert.Equal((true, "A40", 1, 32000, "estimate"), (fit.Fits, fit.Gpu, fit.GpuCount, fit.Context, fit.Basis));
        Assert.Equal(["L4", "A40"], _session.Invoke("Get-GpuSpec L4, A40 | Measure-LlmFit $model -Context 8192").NoErrors().All<LlmFit>().Select(one => one.Gpu));
        Assert.Equal(("H100", 2), _session.Invoke("[pscustomobject]@{ Gpu = 'NVIDIA H100 80GB HBM3'; GpuCount = 2 } | Measure-LlmFit $model").NoErrors().Single<LlmFit>() is var offer ? (offer.Gpu, offer.GpuCount) : default);
        Assert.Equal(["L4", "H200"], _session.Invoke("'L4', 'NVIDIA H200' | Measure-LlmFit $model -Context 4096").NoErrors().All<LlmFit>().Select(one => one.Gpu));
        Assert.True(_session.Invoke("$model | Measure-LlmFit -Gpu L4 -MaxModelLen 4K").NoErrors().Single<LlmFit>().Fits);
    }

    [Theory]
    [InlineData("Measure-LlmFit $model -Gpu 'RTX 4900'", "GpuUnknown")]
    [InlineData("Measure-LlmFit $model -Gpu A40 -Context long", "ContextLengthInvalid")]
    [InlineData("Measure-LlmFit $model -Gpu A40 -KvCacheDtype int3", "KvCacheTypeInvalid")]
    [InlineData("Measure-LlmFit $model", "PlanGpuRequired")]
    [InlineData("Measure-LlmFit acme/elsewhere -Gpu A40", "MetadataOffline")]
    [InlineData("Measure-LlmFit /no/such/folder -Gpu A40", "PlanModelNotFound")]
    [InlineData("Measure-LlmFit acme/elsewhere -Gpu A40 -Quantization *", "HubSearchOffline")]
    [InlineData("Measure-LlmFit $model -Rig nobody", "RigNotFound")]
    public void What_is_wrong_has_a_name(string script, string id)
    {
        var result = _session.Invoke(script);
        Assert.Equal([id], result.ErrorIds);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void The_view_reads_well_on_a_hundred_columns()
    {
        var screen = _session.Show("Measure-LlmFit $model -Gpu A40, 'RTX 3090' -Context 128k");
        Assert.Contains("1 × A40", screen, StringComparison.Ordinal);
        Assert.Contains("yes", screen, StringComparison.Ordinal);
        Assert.Contains("no", screen, StringComparison.Ordinal);
        Assert.All(screen.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 100));
    }
}
