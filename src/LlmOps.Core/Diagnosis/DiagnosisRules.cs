using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmOps.Diagnosis;

/// <summary>All rules, and the signs by which a log shows that a run has begun or has come up. One data file holds them.</summary>
internal sealed record DiagnosisRules
{
    private static readonly Lazy<DiagnosisRules> Embedded = new(Load);

    /// <summary>The rules that LlmOps has.</summary>
    public static DiagnosisRules Default => Embedded.Value;

    /// <summary>Texts with which an engine's log begins: what was said before belongs to a run that is over.</summary>
    public required IReadOnlyList<string> RunSigns { get; init; }

    /// <summary>Texts with which an engine says that it is up: what it complained of before has not stopped it.</summary>
    public required IReadOnlyList<string> ReadySigns { get; init; }

    /// <summary>The rules, by priority.</summary>
    public required IReadOnlyList<DiagnosisRule> Rules { get; init; }

    private static DiagnosisRules Load()
    {
        using var file = typeof(DiagnosisRules).Assembly.GetManifestResourceStream("diagnosis-rules.json")!;
        var rules = JsonSerializer.Deserialize(file, DiagnosisRulesJson.Default.DiagnosisRules)!;
        return rules with { Rules = [.. rules.Rules.OrderBy(rule => rule.Priority)] };
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DiagnosisRules))]
internal sealed partial class DiagnosisRulesJson : JsonSerializerContext;
