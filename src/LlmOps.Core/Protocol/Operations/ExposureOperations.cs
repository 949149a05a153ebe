using System.Text.Json.Serialization;
using LlmOps.Processes;

namespace LlmOps.Protocol.Operations;

/// <summary>The operation behind Test-LlmExposure.</summary>
public static class ExposureOperations
{
    /// <summary>Says who listens on a port of the rig.</summary>
    public static readonly AgentOperation<PortQuestion, Nothing, PortListeners> Listeners = new("port.listeners", static () => ExposureJson.Default);
}

/// <summary>A TCP port of the rig.</summary>
/// <param name="Port">The port.</param>
public sealed record PortQuestion(int Port);

/// <summary>Who listens on a port.</summary>
/// <param name="Sockets">The sockets, of all addresses.</param>
public sealed record PortListeners(IReadOnlyList<ListeningSocket> Sockets);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(PortQuestion))]
[JsonSerializable(typeof(PortListeners))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class ExposureJson : JsonSerializerContext;
