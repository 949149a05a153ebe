using System.Text.Json.Serialization;
using LlmOps.Planning;

namespace LlmOps.Protocol.Operations;

/// <summary>The operation behind Measure-LlmFit -Rig and the check of Start-VllmServer.</summary>
public static class FitOperations
{
    /// <summary>Plans a model on the rig's GPUs. Nothing is fetched but metadata.</summary>
    public static readonly AgentOperation<FitArgs, Nothing, LlmFit> Plan =
        new("fit.plan", static () => FitJson.Default);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FitArgs))]
[JsonSerializable(typeof(LlmFit))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class FitJson : JsonSerializerContext;
