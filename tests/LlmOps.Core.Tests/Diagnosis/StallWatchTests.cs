using LlmOps.Diagnosis;
using LlmOps.Engines;
using Microsoft.Extensions.Time.Testing;

namespace LlmOps.Tests.Diagnosis;

public sealed class StallWatchTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(EnginePhase.Connecting, 180)]
    [InlineData(EnginePhase.LoadingWeights, 600)]
    [InlineData(EnginePhase.Compiling, 600)]
    public void A_phase_without_a_step_is_told_when_it_lasts_longer_than_it_ever_does(EnginePhase phase, int seconds)
    {
        var watch = new StallWatch(new Dictionary<string, string>(), _time);
        Assert.Null(watch.Judge(new EngineProgress(phase, 10)));
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Null(watch.Judge(new EngineProgress(phase, 10)));
        _time.Advance(TimeSpan.FromSeconds(1));
        var diagnosis = watch.Judge(new EngineProgress(phase, 10))!;
        Assert.Contains($"{seconds} s while {new EngineProgress(phase, null)}", diagnosis.Cause, StringComparison.Ordinal);
        Assert.NotEmpty(diagnosis.Remedy);
        Assert.Null(watch.Judge(new EngineProgress(phase, 11)));
    }

    [Fact]
    public void Whoever_gives_the_engine_another_limit_gives_it_to_the_watch()
    {
        var environment = new Dictionary<string, string> { ["VLLM_ENGINE_READY_TIMEOUT_S"] = "3600" };
        Assert.Equal(TimeSpan.FromHours(1), new StallWatch(environment, _time).LimitOf(EnginePhase.LoadingWeights));
        environment["VLLM_ENGINE_READY_TIMEOUT_S"] = "5";
        Assert.Equal(TimeSpan.FromSeconds(5), new StallWatch(environment, _time).LimitOf(EnginePhase.Connecting));
        environment["VLLM_ENGINE_READY_TIMEOUT_S"] = "soon";
        Assert.Equal(TimeSpan.FromSeconds(600), new StallWatch(environment, _time).LimitOf(EnginePhase.Compiling));
    }
}
