using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace LlmOps.Diagnosis;

/// <summary>One known failure: how its line in a log looks, what it means and what helps. The rules are in <c>rules.json</c>.</summary>
internal sealed record DiagnosisRule
{
    // What need not be given has a setter: an initialiser would put null in place of what it is without being given.
    private Regex? _compiled;

    /// <summary>The stable id, such as <c>kv_maxlen</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The engine whose words these are; null where several use them.</summary>
    public string? Engine { get; set; }

    /// <summary>When it happens: <c>startup</c>, <c>runtime</c> or <c>request</c>.</summary>
    public required string Phase { get; init; }

    /// <summary><c>fatal</c> ends the engine, <c>error</c> one request; <c>warning</c> and <c>info</c> are never a cause.</summary>
    public required string Severity { get; init; }

    /// <summary>Of two failures in one log the one with the smaller number is the cause; from <see cref="FirstWrapper"/> on it only passes on another's failure.</summary>
    public required int Priority { get; init; }

    /// <summary>The regular expression for one line, without lookarounds; its named groups are the figures.</summary>
    public required string Pattern { get; init; }

    /// <summary>Texts of which every matching line holds at least one: what a log is searched for before any expression is tried.</summary>
    public required IReadOnlyList<string> Literals { get; init; }

    /// <summary>Texts with which a line means something else.</summary>
    public IReadOnlyList<string> Unless { get; set; } = [];

    /// <summary>Two texts between whose lines alone it holds: it begins after the first and ends with the second.</summary>
    public IReadOnlyList<string> During { get; set; } = [];

    /// <summary>What went wrong, one sentence.</summary>
    public required string Cause { get; init; }

    /// <summary>What helps, the best first.</summary>
    public required IReadOnlyList<string> Remedy { get; init; }

    /// <summary>The arguments that help, with figures of the line in braces.</summary>
    public IReadOnlyList<SuggestedArgument> Arguments { get; set; } = [];

    /// <summary>False where a person must decide before the arguments are used.</summary>
    public bool Automatic { get; set; } = true;

    /// <summary>Where it is written: files of the engine's source, issues. Empty for what nobody has looked up.</summary>
    public IReadOnlyList<string> Sources { get; set; } = [];

    /// <summary>A log that it matches.</summary>
    public required string Sample { get; init; }

    /// <summary>A log that looks alike and that it must not match.</summary>
    public string? CounterSample { get; set; }

    /// <summary>The priority from which on a message only passes on another's failure.</summary>
    public const int FirstWrapper = 70;

    /// <summary>True if it ends an engine or a request.</summary>
    [JsonIgnore]
    public bool IsCause => Severity is "fatal" or "error";

    /// <summary>Tries it on a line. It takes time in proportion to the line's length, whatever the line is.</summary>
    /// <param name="line">The line.</param>
    public Match Match(string line)
    {
        _compiled ??= new Regex(Pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        return Unless.Any(text => line.Contains(text, StringComparison.OrdinalIgnoreCase)) ? System.Text.RegularExpressions.Match.Empty : _compiled.Match(line);
    }
}
