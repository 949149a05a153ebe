using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace LlmOps.Diagnosis;

/// <summary>The figures of a line that a rule has matched, and what follows from them; fills them into a rule's arguments.</summary>
internal sealed partial class LineFigures
{
    private readonly Dictionary<string, string> _figures;

    /// <param name="match">The match; its named groups are the figures.</param>
    public LineFigures(Match match)
    {
        _figures = match.Groups.Cast<Group>().Where(group => group.Success && !char.IsDigit(group.Name[0])).ToDictionary(group => group.Name, group => group.Value);
        Derive("est", () => Number("maxlen") * (Number("avail") - HalfStep) / (Number("need") + HalfStep) is { } fitting and >= Block ? Text(Math.Floor(fitting / Block) * Block) : null);
        Derive("share", () => Number("free") / Number("total") is { } share and > 0.05 and < 1 ? (Math.Floor(share * 100) / 100).ToString("0.00", CultureInfo.InvariantCulture) : null);
        Derive("size", () => Number("heads") is { } heads && Number("tp") is { } asked && asked >= 1 ? Text(LargestSize((int)heads, (int)asked)) : null);
        Derive("context", () => Number("derived") is { } most and >= 1 ? Text(Math.Floor(most)) : null);
        Derive("fewer", () => Number("requests") is { } requests and > 1 ? Text(Math.Min(64, Math.Floor(requests / 2))) : null);
        Derive("supported_dtype", () => _figures.TryGetValue("supported", out var types) ? types.Split(',')[0].Trim().Replace("torch.", "", StringComparison.Ordinal) : null);
    }

    private const double HalfStep = 0.005; // the figures are printed in hundredths of a GiB
    private const int Block = 16; // vLLM's KV blocks, in tokens

    /// <summary>The arguments with their figures; one whose figure the line does not hold is left out.</summary>
    /// <param name="arguments">As the rule has them.</param>
    public IReadOnlyList<SuggestedArgument> Fill(IEnumerable<SuggestedArgument> arguments) => [.. arguments.Select(Fill).OfType<SuggestedArgument>()];

    private SuggestedArgument? Fill(SuggestedArgument argument)
    {
        if (argument.Value is null || Place().Match(argument.Value) is not { Success: true } place) return argument;
        return _figures.TryGetValue(place.Groups[1].Value, out var figure) ? argument with { Value = figure } : null;
    }

    private void Derive(string name, Func<string?> figure)
    {
        if (!_figures.ContainsKey(name) && figure() is { } derived) _figures[name] = derived;
    }

    private double? Number(string name) =>
        _figures.TryGetValue(name, out var text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Powers of two divide the KV heads of nearly all models as well.</summary>
    private static int LargestSize(int heads, int most)
    {
        var size = 1 << BitOperations.Log2((uint)most);
        while (heads % size != 0) size >>= 1;
        return size;
    }

    private static string Text(double whole) => whole.ToString("0", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\{(\w+)\}$")]
    private static partial Regex Place();
}
