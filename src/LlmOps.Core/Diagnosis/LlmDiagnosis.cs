using System.Text.Json.Serialization;

namespace LlmOps.Diagnosis;

/// <summary>Why an engine failed, and what helps.</summary>
public sealed record LlmDiagnosis
{
    internal const int LongestRead = 4096;
    private const int LongestLine = 600;

    /// <summary>The id of the rule that knows this failure, such as <c>kv_maxlen</c>; null where none does and the log's own words are all there is.</summary>
    public string? Rule { get; init; }

    /// <summary>What went wrong.</summary>
    public required string Cause { get; init; }

    /// <summary>The line of the log that says so, or null where none does.</summary>
    public string? Line { get; init; }

    /// <summary>The line's number in the log, from 1; null where it is not known.</summary>
    public long? LineNumber { get; init; }

    /// <summary>The process or rank that wrote it, such as <c>Worker_TP1</c>, or null.</summary>
    public string? Process { get; init; }

    /// <summary>What helps, the best first.</summary>
    public IReadOnlyList<string> Remedy { get; init; } = [];

    /// <summary>The arguments that would mend it, with the figures of this failure.</summary>
    public IReadOnlyList<SuggestedArgument> Arguments { get; init; } = [];

    /// <summary>True if Start-VllmServer -AutoFit may use <see cref="Arguments"/> without asking.</summary>
    public bool CanAutoFit { get; init; }

    /// <summary>The engine whose words these are; null where several use them.</summary>
    public string? Engine { get; init; }

    /// <summary>When it happens: <c>startup</c>, <c>runtime</c>, <c>request</c>, or null.</summary>
    public string? Phase { get; init; }

    /// <summary>Where the rule is written down: the engine's source, issues. Empty for what has not been looked up.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>What was read: a file, a server, or null for text.</summary>
    public string? Origin { get; init; }

    /// <summary>The arguments as they can be pasted behind Start-VllmServer, such as <c>-MaxModelLen 18912</c>; null if none can be computed.</summary>
    [JsonIgnore]
    public string? Argument => Arguments.Count == 0 ? null : string.Join(' ', Merged());

    /// <summary>The cause.</summary>
    public override string ToString() => Cause;

    /// <summary>What a rule says of a failure.</summary>
    internal static LlmDiagnosis Of(FoundFailure found) => new()
    {
        Rule = found.Rule.Id,
        Cause = found.Rule.Cause,
        Line = Shortened(found.Line.Text),
        LineNumber = found.Line.Number,
        Process = Said(found.Line.Process),
        Remedy = found.Rule.Remedy,
        Arguments = found.Arguments,
        CanAutoFit = found.Arguments.Count > 0 && found.Rule is { Automatic: true, Phase: "startup" },
        Engine = found.Rule.Engine,
        Phase = found.Rule.Phase,
        Sources = found.Rule.Sources,
    };

    /// <summary>A failure that no rule knows, in the engine's own words.</summary>
    internal static LlmDiagnosis Of(EngineLine line) => new()
    {
        Cause = Shortened(line.Text),
        Line = Shortened(line.Text),
        Process = Said(line.Process),
        Remedy = ["Read the lines around this one; no rule of LlmOps knows this failure."],
    };

    /// <summary>What is known without a line of a log.</summary>
    internal static LlmDiagnosis Of(string cause, params IReadOnlyList<string> remedy) => new() { Cause = cause, Remedy = remedy };

    private static string Shortened(string text) => text.Length > LongestLine ? text[..LongestLine] : text;

    private static string? Said(string text) => text.Length == 0 ? null : text;

    /// <summary>A parameter may be given once: its values are put together.</summary>
    private IEnumerable<string> Merged()
    {
        const string argument = "-Argument ";
        var flags = Arguments.Select(suggested => suggested.Parameter).Where(parameter => parameter.StartsWith(argument, StringComparison.Ordinal)).Select(parameter => parameter[argument.Length..]).ToList();
        foreach (var suggested in Arguments.Where(suggested => !suggested.Parameter.StartsWith(argument, StringComparison.Ordinal))) yield return suggested.Parameter;
        if (flags.Count > 0) yield return argument + string.Join(", ", flags);
    }
}
