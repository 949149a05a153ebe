using System.Globalization;

namespace LlmOps.Renting;

/// <summary>
/// What an engine's page for Prometheus says of its use. The names are those of vLLM, SGLang and llama.cpp's server; the format is Prometheus' text
/// exposition format 0.0.4.
/// </summary>
/// <param name="Requests">Requests that run or wait.</param>
/// <param name="Done">A figure that grows whenever something is answered.</param>
internal readonly record struct EngineMetrics(double Requests, double Done)
{
    private static readonly string[] Running =
        ["num_requests_running", "num_requests_waiting", "num_running_reqs", "num_queue_reqs", "requests_processing", "requests_deferred"];

    private static readonly string[] Counted = ["prompt_tokens_total", "generation_tokens_total", "request_success_total", "tokens_predicted_total"];

    /// <summary>Reads the page. What is no line of a figure is passed over.</summary>
    /// <param name="page">The page.</param>
    public static EngineMetrics Parse(string page)
    {
        double requests = 0, done = 0;
        foreach (var range in page.AsSpan().Split('\n'))
        {
            var line = page.AsSpan(range).Trim();
            if (line.Length == 0 || line[0] == '#' || Value(line) is not { } value) continue;
            var name = Name(line);
            if (IsOneOf(name, Running)) requests += value;
            else if (IsOneOf(name, Counted)) done += value;
        }

        return new EngineMetrics(requests, done);
    }

    private static ReadOnlySpan<char> Name(ReadOnlySpan<char> line)
    {
        var name = line[..(line.IndexOfAny('{', ' ', '\t') is var end and >= 0 ? end : line.Length)];
        return name[(name.LastIndexOf(':') + 1)..];
    }

    // The labels may hold blanks; a figure follows the last brace, and perhaps a time follows the figure.
    private static double? Value(ReadOnlySpan<char> line)
    {
        var rest = line[(line.LastIndexOf('}') is var brace and >= 0 ? brace + 1 : line.IndexOfAny(' ', '\t') is var blank and >= 0 ? blank : line.Length)..].Trim();
        if (rest.IndexOfAny(' ', '\t') is var end and >= 0) rest = rest[..end];
        return double.TryParse(rest, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value >= 0 ? value : null;
    }

    private static bool IsOneOf(ReadOnlySpan<char> name, string[] names)
    {
        foreach (var candidate in names)
            if (name.SequenceEqual(candidate)) return true;
        return false;
    }
}
