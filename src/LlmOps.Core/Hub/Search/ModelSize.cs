using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmOps.Hub;

/// <summary>A size of a model: a number of parameters (<c>7B</c>, <c>500M</c>) or of bytes (<c>20GB</c>, <c>20GiB</c>).</summary>
public sealed partial class ModelSize
{
    private readonly double _value;
    private readonly bool _isBytes;

    /// <summary>A number of bytes, as PowerShell makes it of <c>20GB</c>.</summary>
    /// <param name="bytes">The number.</param>
    public ModelSize(long bytes)
    {
        _value = bytes;
        _isBytes = true;
    }

    /// <summary>A size as a person writes it.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is no size.</exception>
    public ModelSize(string text)
    {
        if (Shape().Match(text) is not { Success: true } match) throw new FormatException($"'{text}' is no size of a model. Write 7B or 500M for parameters, 20GB for bytes.");
        var unit = match.Groups["unit"].Value.ToUpperInvariant();
        _isBytes = unit.Length > 1 || unit.Length == 0;
        var step = unit.EndsWith("IB", StringComparison.Ordinal) ? 1024 : 1000;
        var power = unit.Length == 0 ? 0 : unit[0] switch { 'K' => 1, 'M' => 2, 'G' or 'B' => 3, _ => 4 };
        _value = double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) * Math.Pow(step, power);
    }

    /// <summary>A number of parameters as people write it: <c>7.6B</c>.</summary>
    /// <param name="parameters">The number.</param>
    public static string Text(double parameters) => parameters switch
    {
        >= 999.5e9 => (parameters / 1e12).ToString("0.0", CultureInfo.CurrentCulture) + "T",
        >= 999.5e6 => (parameters / 1e9).ToString("0.0", CultureInfo.CurrentCulture) + "B",
        >= 1e6 => (parameters / 1e6).ToString("0", CultureInfo.CurrentCulture) + "M",
        _ => (parameters / 1e3).ToString("0", CultureInfo.CurrentCulture) + "K",
    };

    /// <summary>Less than, equal to, or more than zero as a model is smaller, as large, or larger; null if the Hub does not know its size.</summary>
    /// <param name="model">The model.</param>
    public int? Compare(FoundModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return (_isBytes ? model.Size : model.Parameters) is { } size ? ((double)size).CompareTo(_value) : null;
    }

    [GeneratedRegex(@"\A\s*(?<number>[0-9]{1,15}(?:\.[0-9]{1,6})?)\s*(?<unit>|[KMBT]|[KMGT]i?B)\s*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
