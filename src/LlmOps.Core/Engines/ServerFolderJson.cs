using System.Text.Json.Serialization;

namespace LlmOps.Engines;

/// <summary>Serialises the files of a server's folder without reflection; they can be read by eye.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerSpec))]
[JsonSerializable(typeof(ServerRecord))]
[JsonSerializable(typeof(ServerStop))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ServerFolderJson : JsonSerializerContext;
