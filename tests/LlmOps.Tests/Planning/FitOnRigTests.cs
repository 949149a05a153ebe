using LlmOps.Engines;
using LlmOps.Hub;
using LlmOps.Planning;
using LlmOps.Tests.Rehearsal;

namespace LlmOps.Tests.Planning;

/// <summary>The plan on a simulated rig: refused before anything is fetched, and the engine's own figures equal to it.</summary>
public sealed class FitOnRigTests(RehearsalRig lab) : IClassFixture<RehearsalRig>
{
    private const string Quantized = "Qwen/Qwen2.5-72B-Instruct-AWQ";

    [Fact]
    public void A_model_that_does_not_fit_is_refused_before_any_download_with_what_fits()
    {
        var result = lab.Session.Invoke("Start-VllmServer Qwen/Qwen2.5-72B-Instruct -Rig lab -Name big");
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("ModelDoesNotFit,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("its weights take 67.", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains(Quantized, error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("4 × A40", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(lab.Session.Invoke("Get-LlmServer big -Rig lab -ErrorAction SilentlyContinue").All<LlmServer>());
        Assert.DoesNotContain(lab.Session.Invoke("Get-HfModel -Cached -Rig lab").All<CachedModel>(), model => model.Id == "Qwen/Qwen2.5-72B-Instruct");
        var longer = Assert.Single(lab.Session.Invoke($"Start-VllmServer {Quantized} -Rig lab -Name big -TensorParallelSize 1 -MaxModelLen 32k").Errors);
        Assert.StartsWith("ModelDoesNotFit,", longer.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void The_engine_prints_what_was_planned_and_the_next_plan_says_measured()
    {
        lab.Session.Invoke("Initialize-GpuRig lab").NoErrors();
        var fit = lab.Session.Invoke($"Measure-LlmFit {Quantized} -Rig lab -Context 32k").NoErrors().Single<LlmFit>();
        Assert.Equal((true, 2, "A40", "estimate"), (fit.Fits, fit.GpuCount, fit.Gpu, fit.Basis));
        lab.Session.SetVariable("fit", fit);
        var server = lab.Session.Invoke("$fit | Start-VllmServer -Name planned").NoErrors().Single<LlmServer>();
        Assert.Equal((fit.KvTokens, 2, 32000), (server.KvCacheTokens, server.TensorParallelSize, server.MaxModelLen));
        lab.Session.Invoke("Stop-LlmServer planned -Rig lab -Force -Remove").NoErrors();
        var again = lab.Session.Invoke($"Measure-LlmFit {Quantized} -Rig lab -Context 32k").NoErrors().Single<LlmFit>();
        Assert.Equal("measured", again.Basis);
        Assert.Equal(fit.KvCacheGiB, again.KvCacheGiB, 0.01);
        Assert.Equal("estimate", lab.Session.Invoke($"Measure-LlmFit {Quantized} -Gpu A40 -GpuCount 2 -Context 32k").NoErrors().Single<LlmFit>().Basis);
    }
}
