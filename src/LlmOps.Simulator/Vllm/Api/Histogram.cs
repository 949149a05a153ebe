using System.Globalization;
using System.Text;

namespace LlmOps.Simulator.Vllm;

/// <summary>A Prometheus histogram.</summary>
internal sealed class Histogram(string name, double[] bounds)
{
    private static readonly double[] ShortTimes = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80];
    private static readonly double[] LongTimes = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960];
    private static readonly double[] Counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000];

    private readonly long[] _counts = new long[bounds.Length + 1];
    private readonly Lock _gate = new();
    private double _sum;

    public static Histogram OfShortTimes(string name) => new(name, ShortTimes);

    public static Histogram OfLongTimes(string name) => new(name, LongTimes);

    public static Histogram OfCounts(string name) => new(name, Counts);

    public void Observe(double value)
    {
        lock (_gate)
        {
            _sum += value;
            _counts[Array.FindIndex(bounds, bound => value <= bound) is var at && at >= 0 ? at : bounds.Length]++;
        }
    }

    public void Write(StringBuilder page, string labels)
    {
        lock (_gate)
        {
            page.Append(CultureInfo.InvariantCulture, $"# HELP {name} Histogram.\n# TYPE {name} histogram\n");
            long total = 0;
            for (var at = 0; at <= bounds.Length; at++)
            {
                total += _counts[at];
                var bound = at == bounds.Length ? "+Inf" : bounds[at].ToString("0.0##", CultureInfo.InvariantCulture);
                page.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels},le=\"{bound}\"}} {total:0.0}\n");
            }

            page.Append(CultureInfo.InvariantCulture, $"{name}_count{{{labels}}} {total:0.0}\n{name}_sum{{{labels}}} {_sum}\n");
        }
    }
}
