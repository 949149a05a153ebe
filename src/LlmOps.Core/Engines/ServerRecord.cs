using System.Text.Json.Serialization;
using LlmOps.Diagnosis;

namespace LlmOps.Engines;

/// <summary>What the supervisor last knew of a server: the content of its <c>state.json</c>.</summary>
internal sealed record ServerRecord
{
    public required LlmServerState State { get; init; }

    public EngineProgress Progress { get; init; } = new(EnginePhase.Launching, null);

    /// <summary>The supervisor that has taken charge.</summary>
    public int? SupervisorId { get; init; }

    public int? ProcessId { get; init; }

    /// <summary>When the process began, in the kernel's ticks: tells it from a later process of the same id.</summary>
    public long? ProcessStart { get; init; }

    public string? EngineVersion { get; init; }

    public int? MaxModelLen { get; init; }

    public long? KvCacheTokens { get; init; }

    public DateTimeOffset? ReadyAt { get; init; }

    public int? ExitCode { get; init; }

    public string? FailureCause { get; init; }

    /// <summary>Why it failed or hangs, and what helps.</summary>
    public LlmDiagnosis? Diagnosis { get; init; }

    /// <summary>True when it has ended.</summary>
    [JsonIgnore]
    public bool IsOver => State is LlmServerState.Stopped or LlmServerState.Failed;
}
