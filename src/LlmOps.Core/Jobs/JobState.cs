using System.Text.Json;
using System.Text.Json.Serialization;
using LlmOps.Protocol;

namespace LlmOps.Jobs;

/// <summary>What is known of a detached job, as its files say it.</summary>
internal sealed record JobState
{
    /// <summary>The process that runs it, which is also its process group.</summary>
    public required int Pid { get; init; }

    /// <summary>The latest progress, or null.</summary>
    public JsonElement? Progress { get; init; }

    /// <summary>Its result; null while it runs and when it failed.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Why it failed, or null.</summary>
    public AgentFault? Fault { get; init; }

    /// <summary>True when it has ended.</summary>
    [JsonIgnore]
    public bool IsOver => Result is not null || Fault is not null;
}

/// <summary>Serialises job states without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(JobState))]
internal sealed partial class JobJson : JsonSerializerContext;
