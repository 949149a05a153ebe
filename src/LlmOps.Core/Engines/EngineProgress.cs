namespace LlmOps.Engines;

/// <summary>How far an engine's start is.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Percent">How much of that phase is done, 0 to 100, or null where the engine does not say.</param>
public sealed record EngineProgress(EnginePhase Phase, double? Percent)
{
    /// <summary>The same in words, such as <c>loading weights 45 %</c>.</summary>
    public override string ToString() => Percent is { } done ? FormattableString.Invariant($"{Words} {done:0} %") : Words;

    private string Words => Phase switch
    {
        EnginePhase.Launching => "launching",
        EnginePhase.Configuring => "reading the configuration",
        EnginePhase.Connecting => "connecting the workers",
        EnginePhase.Downloading => "downloading",
        EnginePhase.LoadingWeights => "loading weights",
        EnginePhase.Compiling => "compiling",
        EnginePhase.ProfilingMemory => "profiling memory",
        EnginePhase.CapturingGraphs => "capturing CUDA graphs",
        EnginePhase.StartingApi => "starting the API",
        EnginePhase.FirstToken => "producing the first token",
        _ => "ready",
    };
}
