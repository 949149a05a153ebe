using System.Globalization;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>One figure of one contestant over all rounds.</summary>
internal sealed class Figures
{
    private readonly List<double> _rounds = [];

    /// <summary>The median.</summary>
    public double Median => Percentile(_rounds, 50);

    public void Add(double value) => _rounds.Add(value);

    /// <summary>A percentile of values; between two of them for the median of an even number.</summary>
    public static double Percentile(IEnumerable<double> values, double percent)
    {
        var sorted = values.Order().ToList();
        if (sorted.Count == 0) return double.NaN;
        var at = (sorted.Count - 1) * percent / 100;
        var low = (int)at;
        return low + 1 < sorted.Count ? sorted[low] + ((at - low) * (sorted[low + 1] - sorted[low])) : sorted[low];
    }

    /// <summary>The median, and the lowest and highest.</summary>
    /// <param name="format">How the numbers are written.</param>
    public string ToString(string format) => _rounds.Count == 0 ? "none" : string.Create(CultureInfo.InvariantCulture,
        $"{Median.ToString(format, CultureInfo.InvariantCulture)} ({_rounds.Min().ToString(format, CultureInfo.InvariantCulture)}–{_rounds.Max().ToString(format, CultureInfo.InvariantCulture)})");
}
