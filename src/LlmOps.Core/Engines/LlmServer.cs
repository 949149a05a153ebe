using LlmOps.Diagnosis;
using LlmOps.Rigs;

namespace LlmOps.Engines;

/// <summary>An engine that serves a model on a rig, as the rig's own files say it.</summary>
public sealed record LlmServer
{
    /// <summary>The name that cmdlets take; unique on its rig.</summary>
    public required string Name { get; init; }

    /// <summary>The engine, such as <c>vLLM</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>The engine's version, such as <c>0.29.0</c>, or null while it is not known.</summary>
    public string? EngineVersion { get; init; }

    /// <summary>The model: a Hub id, or a folder on the rig.</summary>
    public required string Model { get; init; }

    /// <summary>The name under which clients ask for it.</summary>
    public required string ServedModelName { get; init; }

    /// <summary>The TCP port on the rig's loopback interface.</summary>
    public required int Port { get; init; }

    /// <summary>How many GPUs it spreads each layer over.</summary>
    public required int TensorParallelSize { get; init; }

    /// <summary>The longest context in tokens, or null while it is not known.</summary>
    public int? MaxModelLen { get; init; }

    /// <summary>Where in its life it is.</summary>
    public required LlmServerState State { get; init; }

    /// <summary>What it is doing while it starts, in the engine's words, or null.</summary>
    public string? Phase { get; init; }

    /// <summary>The engine's process id on the rig, which is also its process group; null when it has ended.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The exit code, once it has ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The line of the log that says why it failed, or null.</summary>
    public string? FailureCause { get; init; }

    /// <summary>Why it failed, or why it seems to hang while it starts, and what helps; null while nothing is wrong.</summary>
    public LlmDiagnosis? Diagnosis { get; init; }

    /// <summary>What -AutoFit changed after a first start had failed, such as <c>-MaxModelLen 18912</c>; null if nothing.</summary>
    public string? AutoFitted { get; init; }

    /// <summary>The size of the KV cache in tokens as the engine logged it, or null.</summary>
    public long? KvCacheTokens { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it became ready, or null.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>The rig that it runs on. The rig's own files do not name it; the workstation adds it.</summary>
    public GpuRig? Rig { get; init; }

    /// <summary>The server's name.</summary>
    public override string ToString() => Name;
}
