using System.Diagnostics;

namespace LlmOps.Benchmarks;

/// <summary>The times of one contestant, in milliseconds.</summary>
/// <param name="name">The contestant.</param>
internal sealed class Series(string name)
{
    private readonly List<double> _times = [];

    public string Name => name;

    public double Median
    {
        get
        {
            var sorted = _times.Order().ToList();
            return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
        }
    }

    /// <summary>Times one round, and says at once how long it took.</summary>
    public void Time(Action round)
    {
        var began = Stopwatch.GetTimestamp();
        round();
        _times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        Console.Error.WriteLine(FormattableString.Invariant($"  {name}: {_times[^1]:0} ms"));
    }

    /// <summary>How many times faster than another this is.</summary>
    public double FasterThan(Series other) => other.Median / Median;

    public override string ToString() => FormattableString.Invariant($"{name,-52} {Median,8:0} ms   ({_times.Min():0}–{_times.Max():0})");
}
