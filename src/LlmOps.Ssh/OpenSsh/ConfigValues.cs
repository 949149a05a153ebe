namespace LlmOps.Ssh.OpenSsh;

/// <summary>What the configuration says about one host: of each keyword the first value, except for those that add up.</summary>
internal sealed class ConfigValues
{
    private static readonly string[] Adding = ["identityfile", "certificatefile"];

    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    /// <summary>Takes a value, unless the keyword has one already.</summary>
    public void Add(string keyword, IReadOnlyList<string> words)
    {
        if (!_values.TryGetValue(keyword, out var known)) _values[keyword] = [.. words];
        else if (Adding.Contains(keyword)) known.AddRange(words.Except(known));
    }

    /// <summary>True if the keyword has a value.</summary>
    public bool Has(string keyword) => _values.ContainsKey(keyword);

    /// <summary>The words of a keyword; empty if it has none.</summary>
    public IReadOnlyList<string> All(string keyword) => _values.GetValueOrDefault(keyword) ?? [];

    /// <summary>The first word of a keyword, or null.</summary>
    public string? First(string keyword) => All(keyword) is [var first, ..] ? first : null;
}
