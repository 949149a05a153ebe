using System.Runtime.CompilerServices;
using LlmOps.Diagnosis;

namespace LlmOps.Tests.Diagnosis;

public sealed class DiagnosisRuleTests
{
    private static readonly IReadOnlyList<DiagnosisRule> Rules = DiagnosisRules.Default.Rules;

    public static TheoryData<string> Ids => [.. Rules.Select(rule => rule.Id)];

    public static TheoryData<string> Engines => ["vllm", "sglang", "llamacpp", "ollama", "tgi"];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_matches_its_sample_and_no_others(string id)
    {
        foreach (var rule in Rules)
        {
            var matched = Search(rule.Sample).Matched;
            Assert.Equal(rule.Id == id, matched.Contains(id));
            Assert.Single(matched);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_sample_is_judged_by_its_rule_within_a_log(string id)
    {
        var rule = Rules.Single(rule => rule.Id == id);
        var log = string.Join('\n', rule.Sample.Split('\n').Select(line => $"\u001b[36m(EngineCore pid=7)\u001b[0m ERROR 08-17 12:00:00 [core.py:1104] {line}")
            .Prepend("(APIServer pid=1) INFO 08-17 12:00:00 [api_utils.py:272] non-default args: {}").Append("(APIServer pid=1) RuntimeError: Engine core initialization failed. See root cause above."));
        var diagnosis = Search(log).Conclude(ended: true);
        Assert.Equal(rule.IsCause && rule.Priority < DiagnosisRule.FirstWrapper ? id : null, diagnosis!.Rule == "engine_dead" || !rule.IsCause || rule.Priority >= DiagnosisRule.FirstWrapper ? null : diagnosis.Rule);
        if (rule.IsCause && rule.Priority < DiagnosisRule.FirstWrapper) Assert.Equal("EngineCore", diagnosis.Process);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_is_complete(string id)
    {
        var rule = Rules.Single(rule => rule.Id == id);
        Assert.NotEmpty(rule.Cause);
        Assert.NotEmpty(rule.Remedy);
        Assert.All(rule.Remedy, step => Assert.False(string.IsNullOrWhiteSpace(step)));
        Assert.Contains(rule.Severity, new[] { "fatal", "error", "warning", "info" });
        Assert.All(rule.Literals, text => Assert.True(text.All(char.IsAscii) && text.Length > 3, text));
        Assert.All(rule.Sources, source => Assert.True(source.Contains('/') && !source.Contains("not from", StringComparison.Ordinal), source));
        if (rule.CounterSample is { } counter) Assert.DoesNotContain(id, Search(counter).Matched);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_healthy_start_holds_no_failure(string engine)
    {
        var lines = File.ReadAllLines(Path.Join(Folder(), "Healthy", engine + ".log"));
        Assert.True(lines.Length >= 200, $"{lines.Length} lines");

        // Without the signs that forget what came before, and with every rule's match counted.
        var signs = DiagnosisRules.Default.RunSigns.Concat(DiagnosisRules.Default.ReadySigns);
        var search = Search(string.Join('\n', lines.Where(line => !signs.Any(sign => line.Contains(sign, StringComparison.Ordinal)))));
        Assert.Empty(search.Matched);
        Assert.Null(search.Conclude(ended: false));
        Assert.Null(Search(string.Join('\n', lines)).Conclude(ended: false));
    }

    [Fact]
    public void Every_wrapper_leaves_the_blame_to_what_is_known()
    {
        foreach (var wrapper in Rules.Where(rule => rule.Priority >= DiagnosisRule.FirstWrapper && rule.IsCause))
            foreach (var rule in Rules.Where(rule => rule.IsCause && rule.Priority < DiagnosisRule.FirstWrapper))
                Assert.Equal(rule.Id, Search($"{wrapper.Sample}\n{rule.Sample}\n{wrapper.Sample}").Conclude(ended: true)!.Rule);
    }

    private static FailureSearch Search(string log)
    {
        var search = new FailureSearch();
        foreach (var line in log.Split('\n')) search.AddLine(line);
        return search;
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
