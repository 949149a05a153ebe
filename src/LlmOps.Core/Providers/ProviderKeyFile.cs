using System.Text.RegularExpressions;

namespace LlmOps.Providers;

/// <summary>A file in which a provider's own program keeps a key.</summary>
/// <param name="Path">The path, relative to the user's folder, with <c>/</c>.</param>
/// <param name="Names">The names under which the key stands in it (TOML, INI or JSON); empty if the file is the key.</param>
public sealed partial record ProviderKeyFile(string Path, params IReadOnlyList<string> Names)
{
    private const int LongestFile = 64 * 1024;

    /// <summary>The key in it; null if the file is not there, can't be read, or has none.</summary>
    internal string? Read(ProviderEnvironment environment)
    {
        try
        {
            var file = new FileInfo(System.IO.Path.Join(environment.UserFolder, Path));
            if (!file.Exists || file.Length > LongestFile) return null;
            var text = File.ReadAllText(file.FullName);
            return (Names.Count == 0 ? text : Find(text))?.Trim() is { Length: > 0 } key ? key : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The value of the first line <c>name = "value"</c> or member <c>"name": "value"</c>.</summary>
    private string? Find(string text)
    {
        foreach (Match line in Assignment().Matches(text))
            if (Names.Contains(line.Groups["name"].Value, StringComparer.OrdinalIgnoreCase)) return line.Groups["value"].Value;
        return null;
    }

    [GeneratedRegex("""["']?\b(?<name>\w+)["']?\s*[=:]\s*(?:"(?<value>[^"\r\n]*)"|'(?<value>[^'\r\n]*)'|(?<value>[^\s"',}#]+))""")]
    private static partial Regex Assignment();
}
