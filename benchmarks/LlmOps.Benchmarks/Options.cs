using System.Globalization;

namespace LlmOps.Benchmarks;

/// <summary>The words after a benchmark's name: <c>--name value</c>.</summary>
internal sealed class Options(string[] words)
{
    public int Number(string name, int usual) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;

    public IReadOnlyList<string> List(string name, string usual) => (Text(name) ?? usual).Split(',', StringSplitOptions.RemoveEmptyEntries);

    public string? Text(string name)
    {
        var at = Array.IndexOf(words, name);
        return at >= 0 && at + 1 < words.Length ? words[at + 1] : null;
    }
}
