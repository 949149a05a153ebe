using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LlmOps.Providers.Http;

/// <summary>What a provider said as it refused, in the shapes that providers use, cleaned for a person's eye.</summary>
/// <param name="Code">A code for programs, or null.</param>
/// <param name="Text">A text for people, or null.</param>
internal sealed partial record ProviderRefusal(string? Code, string? Text)
{
    private const int LongestText = 300;

    /// <summary>Finds code and text in an answer's body.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="key">The key, which is never repeated.</param>
    public static ProviderRefusal Read(ProviderAnswer answer, string key)
    {
        var body = Encoding.UTF8.GetString(answer.Body);
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.String) return new(null, Clean(root.GetString(), key));
            if (root.ValueKind != JsonValueKind.Object) return new(null, null);
            var error = root.TryGetProperty("error", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : root;
            var text = First(error, "detail", "message", "error", "title");
            var errors = root.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Array
                ? string.Join("; ", list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString())) : "";
            var suggestion = First(error, "suggestion");
            var all = string.Join(" ", new[] { text, errors.Length > 0 ? $"({errors})" : null, suggestion }.OfType<string>());
            return new(Clean(First(error, "error_code", "code"), key), Clean(all, key));
        }
        catch (JsonException)
        {
            // A page of HTML says nothing that helps, save its title.
            var title = Title().Match(body) is { Success: true } found ? found.Groups["title"].Value : body.TrimStart().StartsWith('<') ? null : body;
            return new(null, Clean(title, key));
        }
    }

    /// <summary>True if the text has one of the words.</summary>
    public bool Says(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            if (Text?.Contains(word, StringComparison.OrdinalIgnoreCase) == true) return true;
        return false;
    }

    /// <summary>True for the words in which providers without a code for it say that nothing is free.</summary>
    public bool IsNoCapacity => Says("no longer any instances available", "no instances available", "capacity", "out of stock", "not enough free", "no available");

    /// <summary>True for the words in which providers without a code for it say that a limit of the account is reached.</summary>
    public bool IsQuota => Says("quota", "limit exceeded", "limit reached", "spend limit");

    private static string? First(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number) return value.ToString();
        return null;
    }

    private static string? Clean(string? text, string key)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        text = text.Replace(key, "***", StringComparison.Ordinal);
        text = Blanks().Replace(string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)), " ").Trim();
        return text.Length > LongestText ? text[..LongestText] + "…" : text;
    }

    [GeneratedRegex("<title>(?<title>[^<]{1,200})", RegexOptions.IgnoreCase)]
    private static partial Regex Title();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Blanks();
}
