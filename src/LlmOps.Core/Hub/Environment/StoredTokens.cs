using System.Globalization;

namespace LlmOps.Hub;

/// <summary>
/// The file <c>stored_tokens</c> of <c>hf auth login</c>: a section for each name, with <c>hf_token</c> and, for a token that ends,
/// <c>expires_at</c> in seconds since 1970. Which of several is active only the file <c>token</c> says.
/// </summary>
internal static class StoredTokens
{
    /// <summary>The token that is kept, if there is just one and it has not ended; or null.</summary>
    /// <param name="text">The file's content.</param>
    /// <param name="now">The time.</param>
    public static string? Only(string text, DateTimeOffset now)
    {
        var sections = Read(text);
        if (sections.Count != 1 || !sections[0].TryGetValue("hf_token", out var token)) return null;
        var ends = sections[0].TryGetValue("expires_at", out var at) && double.TryParse(at, CultureInfo.InvariantCulture, out var seconds) ? seconds : double.MaxValue;
        return ends > now.ToUnixTimeSeconds() ? token : null;
    }

    private static List<Dictionary<string, string>> Read(string text)
    {
        var sections = new List<Dictionary<string, string>>();
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith('[') && line.EndsWith(']')) sections.Add(new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase));
            else if (sections.Count > 0 && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals) sections[^1][line[..equals].Trim()] = line[(equals + 1)..].Trim();
        }

        return sections;
    }
}
