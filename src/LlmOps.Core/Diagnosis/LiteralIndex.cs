using System.Buffers;

namespace LlmOps.Diagnosis;

/// <summary>Finds many texts at once, and says whose they are. What does not hold any of them costs one vectorised pass.</summary>
/// <typeparam name="T">What a text stands for.</typeparam>
internal sealed class LiteralIndex<T>
{
    private readonly SearchValues<string> _texts;
    private readonly Dictionary<char, List<(string Text, T Owner)>> _byFirst = [];

    public LiteralIndex(IEnumerable<(string Text, T Owner)> entries)
    {
        foreach (var entry in entries)
        {
            if (!_byFirst.TryGetValue(entry.Text[0], out var same)) _byFirst[entry.Text[0]] = same = [];
            same.Add(entry);
        }

        _texts = SearchValues.Create([.. _byFirst.Values.SelectMany(same => same).Select(entry => entry.Text).Distinct()], StringComparison.Ordinal);
    }

    /// <summary>Where the first of the texts begins, or -1.</summary>
    public int IndexIn(ReadOnlySpan<char> text) => text.IndexOfAny(_texts);

    /// <summary>Adds the owners of all texts in a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="owners">Takes them; one may come twice.</param>
    public void OwnersIn(ReadOnlySpan<char> line, List<T> owners)
    {
        for (int found; (found = line.IndexOfAny(_texts)) >= 0; line = line[(found + 1)..])
            foreach (var (text, owner) in _byFirst[line[found]])
                if (line[found..].StartsWith(text, StringComparison.Ordinal)) owners.Add(owner);
    }
}
