using System.Text.RegularExpressions;

namespace LlmOps.Tests.Contract;

/// <summary>docs/errors.md lists the failures that there are, each with its kind, and no other.</summary>
public sealed partial class ErrorCatalogueTests
{
    [Fact]
    public void Every_failure_stands_in_the_catalogue_and_none_else()
    {
        var made = Directory.EnumerateDirectories(Repository.PathOf("src")).Select(project => Path.Join(project, "Errors")).Where(Directory.Exists)
            .SelectMany(Directory.EnumerateFiles).SelectMany(file => Made().Matches(File.ReadAllText(file))).Select(match => $"{match.Groups["id"]} {match.Groups["kind"]}");
        var listed = Listed().Matches(File.ReadAllText(Repository.PathOf("docs", "errors.md"))).Select(match => $"{match.Groups["id"]} {match.Groups["kind"]}".Trim()).ToList();

        Assert.Equal(listed.Count, listed.Distinct().Count());
        Assert.Equal(made.Select(entry => entry.Trim()).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Failures_are_made_in_one_place()
    {
        var elsewhere = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/Errors/", StringComparison.Ordinal))
            .Where(file => NewFailure().IsMatch(File.ReadAllText(file)));
        Assert.Empty(elsewhere);
    }

    [GeneratedRegex("\"(?<id>[A-Z][A-Za-z0-9]+)\",\\s*(?:ErrorKind\\.(?<kind>\\w+)|inner\\.Kind)")]
    private static partial Regex Made();

    [GeneratedRegex("^\\| `(?<id>\\w+)` \\| (?:(?<kind>[A-Z]\\w+)|[^|]+) \\|", RegexOptions.Multiline)]
    private static partial Regex Listed();

    [GeneratedRegex("new LlmOpsException\\(\\s*\"")]
    private static partial Regex NewFailure();
}
