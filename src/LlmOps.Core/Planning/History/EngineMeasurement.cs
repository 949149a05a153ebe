using System.Globalization;
using System.Text.RegularExpressions;
using LlmOps.Engines;

namespace LlmOps.Planning;

/// <summary>What vLLM itself printed about its memory when it started: the truth that an estimate is for.</summary>
public sealed partial record EngineMeasurement
{
    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>The GPU.</summary>
    public required string Gpu { get; init; }

    /// <summary>How many of them served it.</summary>
    public required int GpuCount { get; init; }

    /// <summary>The version of vLLM.</summary>
    public required string EngineVersion { get; init; }

    /// <summary>The weights of one GPU in GiB.</summary>
    public required double WeightsGiB { get; init; }

    /// <summary>What was left for keys and values in GiB, on the GPU that had least.</summary>
    public required double KvCacheGiB { get; init; }

    /// <summary>The tokens that the cache holds.</summary>
    public required long KvTokens { get; init; }

    /// <summary>How many requests of the longest context fit at once; null where it was not printed.</summary>
    public double? MaxConcurrency { get; init; }

    /// <summary>The share of the memory that it was given.</summary>
    public required double Utilization { get; init; }

    /// <summary>The type of keys and values that was asked for, or null.</summary>
    public string? KvCacheDtype { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The newest figures of a model on GPUs; null if nothing is known.</summary>
    /// <param name="all">All figures.</param>
    /// <param name="model">The model.</param>
    /// <param name="gpu">The GPU.</param>
    /// <param name="count">How many.</param>
    /// <param name="version">The version of the engine; null for any.</param>
    internal static EngineMeasurement? Newest(IEnumerable<EngineMeasurement> all, string model, string gpu, int count, string? version) =>
        all.Where(item => item.Model.Equals(model, StringComparison.OrdinalIgnoreCase) && item.Gpu == gpu && item.GpuCount == count && (version is null || item.EngineVersion == version)).MaxBy(item => item.At);

    /// <summary>The figures in a log; null if it has not all of them. Several GPUs print a line each: the least cache and the largest weights count.</summary>
    /// <param name="lines">The log.</param>
    /// <param name="draft">Who served what on what.</param>
    public static EngineMeasurement? Read(IEnumerable<string> lines, EngineMeasurement draft)
    {
        ArgumentNullException.ThrowIfNull(lines);
        double? weights = null, cache = null, concurrency = null;
        long? tokens = null;
        foreach (var line in lines.Select(line => EngineLogLine.Parse(line).Message))
        {
            if (Weights().Match(line) is { Success: true } loaded) weights = Math.Max(weights ?? 0, Number(loaded));
            else if (Cache().Match(line) is { Success: true } left) cache = Math.Min(cache ?? double.MaxValue, Number(left));
            else if (Tokens().Match(line) is { Success: true } held)
            {
                tokens = Math.Min(tokens ?? long.MaxValue, long.Parse(held.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture));
                if (held.Groups[2].Success) concurrency = double.Parse(held.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            }
        }

        return weights is { } w && cache is { } c && tokens is { } t ? draft with { WeightsGiB = w, KvCacheGiB = c, KvTokens = t, MaxConcurrency = concurrency } : null;
    }

    private static double Number(Match match) => double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Model loading took (\d{1,6}(?:\.\d{1,6})?) Gi?B")]
    private static partial Regex Weights();

    [GeneratedRegex(@"Available KV cache memory: (\d{1,6}(?:\.\d{1,6})?) GiB")]
    private static partial Regex Cache();

    [GeneratedRegex(@"GPU KV cache size: ([\d,]{1,18}) tokens(?:, Maximum concurrency for [\d,]{1,18} tokens per request: (\d{1,9}(?:\.\d{1,6})?)x)?")]
    private static partial Regex Tokens();
}
