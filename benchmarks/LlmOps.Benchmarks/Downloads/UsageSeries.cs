using System.Globalization;

namespace LlmOps.Benchmarks.Downloads;

/// <summary>What one contestant used in all rounds of a scenario.</summary>
/// <param name="name">The contestant.</param>
/// <param name="bytes">What it downloaded each time.</param>
internal sealed class UsageSeries(string name, long bytes)
{
    private readonly List<Usage> _rounds = [];

    public double MedianSeconds => Median(usage => usage.Seconds);

    /// <summary>Takes rounds that were made before.</summary>
    public void AddEarlier(IEnumerable<Usage> usages) => _rounds.AddRange(usages);

    public void Add(Usage usage)
    {
        _rounds.Add(usage);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: {usage.Seconds:0.00} s"));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{name,-34} {MedianSeconds,7:0.00} s ({_rounds.Min(usage => usage.Seconds):0.00}–{_rounds.Max(usage => usage.Seconds):0.00})  {bytes / MedianSeconds / 1e6,6:0} MB/s  {Processor()}  {Median(usage => usage.PeakBytes) / 1e6,5:0} MB{Base()}  of {_rounds.Count}");

    private string Processor() => bytes < 1_000_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{Median(usage => usage.ProcessorSeconds),6:0.00} CPU s   ")
        : string.Create(CultureInfo.InvariantCulture, $"{Median(usage => usage.ProcessorSeconds) / (bytes / 1e9),6:0.00} CPU s/GB");

    private string Base() => Median(usage => usage.BaseBytes) is > 0 and var before ? string.Create(CultureInfo.InvariantCulture, $" ({before / 1e6:0} before)") : "";

    private double Median(Func<Usage, double> of)
    {
        var sorted = _rounds.Select(of).Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
