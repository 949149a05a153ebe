using System.Text.Json.Serialization;
using LlmOps.Protocol;

namespace LlmOps.Hub.Copying;

/// <summary>What an agent that sends or receives files answers: one line of JSON.</summary>
internal sealed record CopyReply
{
    /// <summary>The bytes from here on follow (from the one that sends), or are wanted (by the one that receives).</summary>
    public long? Offset { get; init; }

    /// <summary>The file is in its place.</summary>
    public bool IsDone { get; init; }

    /// <summary>It failed.</summary>
    public AgentFault? Fault { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CopyRequest))]
[JsonSerializable(typeof(CopyListing))]
[JsonSerializable(typeof(CopyWish))]
[JsonSerializable(typeof(CopyPlan))]
[JsonSerializable(typeof(CopyItem))]
[JsonSerializable(typeof(CopyReply))]
[JsonSerializable(typeof(HfModel))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class CopyJson : JsonSerializerContext;
