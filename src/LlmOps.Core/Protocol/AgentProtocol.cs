using System.Text.Json.Serialization;

namespace LlmOps.Protocol;

/// <summary>The constants that both ends of the agent's protocol share. The protocol is JSON, one message a line, UTF-8, over a byte stream each way.</summary>
public static class AgentProtocol
{
    /// <summary>How many events of one request may be under way without having been taken by the receiver.</summary>
    public const int EventWindow = 64;

    /// <summary>How long a message may be, in bytes.</summary>
    public const int MaxMessageLength = 16 * 1024 * 1024;

    /// <summary>How often each side says that it lives.</summary>
    public static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long a side may be silent before it counts as dead.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(15);
}

/// <summary>Serialises the protocol's envelope without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AgentMessage))]
[JsonSerializable(typeof(AgentFault))]
internal sealed partial class AgentProtocolJson : JsonSerializerContext;
