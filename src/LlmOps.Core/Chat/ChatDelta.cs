using System.Text.Json;

namespace LlmOps.Chat;

/// <summary>What one event of a streamed answer, or a whole answer that did not stream, brings.</summary>
internal sealed record ChatDelta
{
    /// <summary>More of the text, or empty.</summary>
    public string Text { get; init; } = "";

    /// <summary>More of the reasoning, or empty.</summary>
    public string Reasoning { get; init; } = "";

    /// <summary>Why the answer ended, once it has.</summary>
    public string? FinishReason { get; init; }

    /// <summary>The tokens of the prompt, once they are told.</summary>
    public int? PromptTokens { get; init; }

    /// <summary>The tokens of the answer so far, once they are told.</summary>
    public int? CompletionTokens { get; init; }

    /// <summary>An error that the server sent in the middle of the stream.</summary>
    public JsonElement? Error { get; init; }

    /// <summary>True for the last event.</summary>
    public bool IsDone { get; init; }

    /// <summary>Reads an event's data. Text that is no such event, and parts of an unexpected type, count as nothing said.</summary>
    /// <param name="data">The data of the event, UTF-8.</param>
    public static ChatDelta Parse(ReadOnlySpan<byte> data)
    {
        if (data.Trim(" \r\n\t"u8).SequenceEqual("[DONE]"u8)) return new ChatDelta { IsDone = true };
        try
        {
            var json = new Utf8JsonReader(data);
            using var document = JsonDocument.ParseValue(ref json);
            return Read(document.RootElement);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // The second is for text that is not valid UTF-16 once it is unescaped.
            return new ChatDelta();
        }
    }

    private static ChatDelta Read(JsonElement root)
    {
        var choice = root.Member("choices") is { ValueKind: JsonValueKind.Array } choices && choices.GetArrayLength() > 0 ? choices[0] : default;
        var said = choice.Member("delta") is { ValueKind: JsonValueKind.Object } delta ? delta : choice.Member("message");
        var usage = root.Member("usage") is { ValueKind: JsonValueKind.Object } told ? told : root.Member("x_groq").Member("usage");
        return new ChatDelta
        {
            Text = said.Member("content").Text() ?? "",
            Reasoning = said.Member("reasoning_content").Text() ?? said.Member("reasoning").Text() ?? "",
            FinishReason = choice.Member("finish_reason").Text(),
            PromptTokens = usage.Member("prompt_tokens").Number(),
            CompletionTokens = usage.Member("completion_tokens").Number(),
            Error = root.Member("error") is { ValueKind: JsonValueKind.Object or JsonValueKind.String } error ? error.Clone() : null,
        };
    }
}
