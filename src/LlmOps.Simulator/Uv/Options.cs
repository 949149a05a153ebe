namespace LlmOps.Simulator.Uv;

/// <summary>A command line of uv's kind: words, <c>--name value</c>, <c>--name=value</c>.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = [];

    public Options(IReadOnlyList<string> arguments, IReadOnlySet<string> withValue)
    {
        for (var at = 0; at < arguments.Count; at++)
        {
            var word = arguments[at];
            if (!word.StartsWith('-')) Words.Add(word);
            else if (word.IndexOf('=', StringComparison.Ordinal) is var equals && equals > 0) _values[word[..equals]] = word[(equals + 1)..];
            else _values[word] = withValue.Contains(word) && at + 1 < arguments.Count ? arguments[++at] : "";
        }
    }

    /// <summary>What is neither an option nor its value.</summary>
    public List<string> Words { get; } = [];

    public string? this[params string[] names] => names.Select(name => _values.GetValueOrDefault(name)).FirstOrDefault(value => value is not null);
}
