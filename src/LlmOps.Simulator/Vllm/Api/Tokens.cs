using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LlmOps.Simulator.Vllm;

/// <summary>A tokenizer that is about as fine as a real one: words with their space before them, long words in parts, signs.</summary>
internal static partial class Tokens
{
    private const int PerImage = 256;
    private const int PerMessage = 4;

    public static IReadOnlyList<string> Split(string text) => [.. Piece().Matches(text).Select(match => match.Value)];

    public static int Count(string text) => Piece().Count(text);

    /// <summary>The prompt that a chat's messages become.</summary>
    public static int CountChat(JsonArray messages) => 3 + messages.Sum(message => PerMessage + (message?["content"] switch
    {
        JsonArray parts => parts.Sum(part => (string?)part?["type"] == "text" ? Count((string?)part["text"] ?? "") : PerImage),
        JsonValue text => Count(text.ToString()),
        _ => 0,
    }));

    [GeneratedRegex(@" ?\p{L}{1,7}| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]|\s")]
    private static partial Regex Piece();
}
