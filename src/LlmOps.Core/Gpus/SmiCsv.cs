namespace LlmOps.Gpus;

/// <summary>
/// Reads the lines of <c>nvidia-smi --format=csv,noheader,nounits</c>. It quotes nothing, so a name with a comma is told apart by the
/// number of columns on both sides of it. Lines that are no row (warnings, messages) are left out.
/// </summary>
/// <param name="columns">The fields that were asked for, in order.</param>
/// <param name="nameColumn">The one field that is free text.</param>
internal sealed class SmiCsv(IReadOnlyList<string> columns, string nameColumn)
{
    private readonly int _before = columns.TakeWhile(column => column != nameColumn).Count();

    public IEnumerable<SmiRow> Read(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Split).OfType<SmiRow>();

    private SmiRow? Split(string line)
    {
        var parts = line.Split(',', StringSplitOptions.TrimEntries);
        var surplus = parts.Length - columns.Count;
        if (surplus < 0) return null;
        if (surplus == 0) return new SmiRow(columns, parts);
        var rest = line.Split(',', _before + 1)[^1];
        var end = rest.Length;
        for (var after = columns.Count - _before - 1; after > 0; after--) end = rest.LastIndexOf(',', end - 1);
        return new SmiRow(columns, [.. parts[.._before], rest[..end].Trim(), .. parts[(_before + 1 + surplus)..]]);
    }
}
