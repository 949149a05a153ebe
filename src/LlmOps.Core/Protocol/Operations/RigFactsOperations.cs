using System.Text.Json.Serialization;
using LlmOps.Preflight;
using LlmOps.Rigs;

namespace LlmOps.Protocol.Operations;

/// <summary>The operation behind Test-GpuRig.</summary>
public static class RigFactsOperations
{
    /// <summary>Reads the facts of the rig and checks it; <see cref="RigReport.Rig"/> is left to the workstation.</summary>
    public static readonly AgentOperation<PreflightWish, Nothing, RigReport> Read =
        new("rig.facts", static () => RigFactsJson.Default);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RigReport))]
[JsonSerializable(typeof(PreflightWish))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class RigFactsJson : JsonSerializerContext;
