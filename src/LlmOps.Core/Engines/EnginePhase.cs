namespace LlmOps.Engines;

/// <summary>What an engine is doing between its start and its first answer, in the order in which it happens.</summary>
public enum EnginePhase
{
    /// <summary>Its programs load.</summary>
    Launching,

    /// <summary>It reads the model's configuration.</summary>
    Configuring,

    /// <summary>Its workers find each other (NCCL).</summary>
    Connecting,

    /// <summary>It fetches the model's files.</summary>
    Downloading,

    /// <summary>The weights go to the GPUs.</summary>
    LoadingWeights,

    /// <summary>The model is compiled for the GPUs.</summary>
    Compiling,

    /// <summary>It measures how much memory is left for the KV cache.</summary>
    ProfilingMemory,

    /// <summary>CUDA graphs are recorded.</summary>
    CapturingGraphs,

    /// <summary>Its HTTP server starts.</summary>
    StartingApi,

    /// <summary>It produces its first token.</summary>
    FirstToken,

    /// <summary>It answers.</summary>
    Ready,
}
