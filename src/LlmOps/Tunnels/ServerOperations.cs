using System.Text.Json.Serialization;
using LlmOps.Engines;
using LlmOps.Protocol;

namespace LlmOps.Tunnels;

/// <summary>What tunnels ask a rig about its servers.</summary>
internal static class ServerOperations
{
    public static readonly AgentOperation<ServerReference, Nothing, LlmServer> Get =
        new("server.get", ServerJson.Default.ServerReference, ServerJson.Default.Nothing, ServerJson.Default.LlmServer);

    public static readonly AgentOperation<ServerReference, Nothing, ServerApiKey> ApiKey =
        new("server.apiKey", ServerJson.Default.ServerReference, ServerJson.Default.Nothing, ServerJson.Default.ServerApiKey);
}

internal sealed record ServerReference(string Name);

internal sealed record ServerApiKey(string? Value);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ServerReference))]
[JsonSerializable(typeof(ServerApiKey))]
[JsonSerializable(typeof(LlmServer))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class ServerJson : JsonSerializerContext;
