using System.Text.Json.Serialization;
using LlmOps.Rigs;

namespace LlmOps.Protocol.Operations;

/// <summary>The operation behind Test-GpuRig.</summary>
public static class RigFactsOperations
{
    /// <summary>Reads the facts of the rig; <see cref="RigReport.Rig"/> and <see cref="RigReport.ClockDifference"/> are left to the workstation.</summary>
    public static readonly AgentOperation<Nothing, Nothing, RigReport> Read =
        new("rig.facts", static () => RigFactsJson.Default);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RigReport))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class RigFactsJson : JsonSerializerContext;
