using System.Text.Json;

namespace LlmOps.Chat;

/// <summary>What to ask a model.</summary>
public sealed record ChatRequest
{
    /// <summary>The model's name at the endpoint.</summary>
    public required string Model { get; init; }

    /// <summary>The conversation, ending with the message to be answered.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Sampling temperature, 0 to 2; null leaves the server's own.</summary>
    public double? Temperature { get; init; }

    /// <summary>Nucleus sampling, 0 to 1; null leaves the server's own.</summary>
    public double? TopP { get; init; }

    /// <summary>The most tokens that the answer may have; null leaves the server's own.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The JSON schema that the answer must follow, or null.</summary>
    public JsonElement? Schema { get; init; }
}
