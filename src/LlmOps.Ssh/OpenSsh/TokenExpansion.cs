using System.Text;

namespace LlmOps.Ssh.OpenSsh;

/// <summary>Replaces the tokens of ssh_config(5): <c>%h</c> and its kin, <c>${NAME}</c>, a leading <c>~</c>.</summary>
/// <param name="tokens">What each letter stands for.</param>
internal sealed class TokenExpansion(IReadOnlyDictionary<char, string> tokens)
{
    /// <summary>A path with its tokens, variables and home folder replaced; unknown ones stay as they are.</summary>
    public string Expand(string text, string home) => Home(Variables(Tokens(text)), home);

    /// <summary>Replaces a leading <c>~/</c>.</summary>
    public static string Home(string path, string home) =>
        path == "~" ? home
        : path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith("~" + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? Path.Join(home, path[2..])
        : path;

    /// <summary>The real name of a host: HostName, in which <c>%h</c> is what the user typed, in small letters.</summary>
    public static string HostName(string? configured, string alias) =>
        (configured is null ? alias : new TokenExpansion(new Dictionary<char, string> { ['h'] = alias }).Tokens(configured)).ToLowerInvariant();

    private string Tokens(string text)
    {
        var result = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '%' || at + 1 == text.Length) result.Append(text[at]);
            else if (text[++at] == '%') result.Append('%');
            else if (tokens.TryGetValue(text[at], out var value)) result.Append(value);
            else result.Append('%').Append(text[at]);
        }

        return result.ToString();
    }

    private static string Variables(string text)
    {
        var start = 0;
        while ((start = text.IndexOf("${", start, StringComparison.Ordinal)) >= 0 && text.IndexOf('}', start) is > 0 and var end)
        {
            var value = Environment.GetEnvironmentVariable(text[(start + 2)..end]) ?? text[start..(end + 1)];
            text = text[..start] + value + text[(end + 1)..];
            start += value.Length;
        }

        return text;
    }
}
