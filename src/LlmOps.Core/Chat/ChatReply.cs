namespace LlmOps.Chat;

/// <summary>What a model answered, with the figures of the answering. Pipe it back into Invoke-LlmChat to go on with the conversation.</summary>
public sealed record ChatReply
{
    /// <summary>The answer.</summary>
    public required string Text { get; init; }

    /// <summary>What the model thought before it answered, where the server tells it apart; otherwise null.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The answer as an object, where a schema was given; otherwise null.</summary>
    public object? Parsed { get; init; }

    /// <summary>The model that was asked.</summary>
    public required string Model { get; init; }

    /// <summary>Why it ended: <c>stop</c>, <c>length</c> (cut at the limit of tokens), <c>content_filter</c>; null where the server did not say.</summary>
    public string? FinishReason { get; init; }

    /// <summary>The tokens of the prompt, as the server counted; null where it did not say.</summary>
    public int? PromptTokens { get; init; }

    /// <summary>The tokens of the answer with its reasoning, as the server counted; null where it did not say.</summary>
    public int? CompletionTokens { get; init; }

    /// <summary>From sending the request to the first piece of text or reasoning; null for an empty answer.</summary>
    public TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>
    /// Tokens a second after the first one: <c>(CompletionTokens − 1) / (last piece − first piece)</c>, the reciprocal of the time per output
    /// token of <c>vllm bench serve</c>. Null where it can't be known.
    /// </summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>From sending the request to its end, with all attempts.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How often the request was sent: more than once if the connection was cut and healed.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>The conversation so far, with this answer at its end.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Where it came from; a reply that is piped back goes there again.</summary>
    public required ChatEndpoint Endpoint { get; init; }

    /// <summary>True if the text was shown while it came, so that the view need not show it again.</summary>
    public bool Streamed { get; init; }

    /// <summary>The answer.</summary>
    public override string ToString() => Text;
}
