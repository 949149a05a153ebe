using System.Text.Json;

namespace LlmOps.Protocol;

/// <summary>
/// One line of the agent's protocol. A request carries <see cref="Op"/>; it is answered by any number of messages with <see cref="Event"/>
/// and exactly one with <see cref="Result"/> or <see cref="Error"/>, all with the request's <see cref="Id"/>.
/// </summary>
public sealed record AgentMessage
{
    /// <summary>The request that this message belongs to; null for a heartbeat.</summary>
    public long? Id { get; init; }

    /// <summary>The operation that is asked for, such as <c>gpu.memory</c>.</summary>
    public string? Op { get; init; }

    /// <summary>The operation's arguments.</summary>
    public JsonElement? Args { get; init; }

    /// <summary>Something that happened while the operation ran.</summary>
    public JsonElement? Event { get; init; }

    /// <summary>The operation's result; the request is over.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Why the operation failed; the request is over.</summary>
    public AgentFault? Error { get; init; }

    /// <summary>True asks the agent to end the request and what it started.</summary>
    public bool? Cancel { get; init; }

    /// <summary>How many further events the receiver has taken: the sender never has more than <see cref="AgentProtocol.EventWindow"/> outstanding.</summary>
    public int? Ack { get; init; }

    /// <summary>A heartbeat.</summary>
    public bool? Beat { get; init; }
}
