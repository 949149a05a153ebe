using System.Text.RegularExpressions;

namespace LlmOps.Tests.Contract;

/// <summary>What the sources must not hold.</summary>
public sealed partial class SourceContractTests
{
    private const int LongestFile = 350;

    private static readonly IReadOnlyList<(string Path, string Text)> Sources =
    [
        .. new[] { "src", "tests", "tools" }.Select(folder => Repository.PathOf(folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Select(file => (Path: Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'), File: file))
            .Where(source => !source.Path.Contains("/obj/", StringComparison.Ordinal) && !source.Path.Contains("/bin/", StringComparison.Ordinal))
            .Select(source => (source.Path, File.ReadAllText(source.File))),
    ];

    [Fact]
    public void No_file_is_longer_than_350_lines() =>
        Assert.Empty(Sources.Where(source => source.Text.Split('\n').Length - 1 > LongestFile).Select(source => source.Path));

    [Fact]
    public void Cmdlets_write_to_streams_never_to_the_console()
    {
        // ConnectQuestions writes a prompt before it reads a secret: the engine offers no other way to show a text and read without echo.
        var broken = Matches(source => source.StartsWith("src/LlmOps/", StringComparison.Ordinal) && !source.EndsWith("/ConnectQuestions.cs", StringComparison.Ordinal), ConsoleWrite());
        Assert.Empty(broken);
    }

    [Fact]
    public void Cmdlet_bodies_stay_on_the_pipeline_thread() =>
        Assert.Empty(Matches(source => source.StartsWith("src/LlmOps/", StringComparison.Ordinal), LeavesThread()));

    [Fact]
    public void No_cmdlet_swallows_everything()
    {
        // A block that cleans up and throws on swallows nothing. ConnectQuestions hands every exception of a question over to whoever waits for the answer.
        var broken = Sources.Where(source => source.Path.StartsWith("src/LlmOps/", StringComparison.Ordinal) && !source.Path.EndsWith("/ConnectQuestions.cs", StringComparison.Ordinal))
            .SelectMany(source => CatchAll().Matches(source.Text).Where(block => !block.Value.Contains("throw;", StringComparison.Ordinal)).Select(block => $"{source.Path}: {block.Value}"));
        Assert.Empty(broken);
    }

    [Fact]
    public void ShouldContinue_comes_with_Force()
    {
        // ConnectQuestions is spared the question by -AcceptNewHostKey.
        var broken = Sources.Where(source => source.Path.StartsWith("src/LlmOps/", StringComparison.Ordinal) && !source.Path.EndsWith("/ConnectQuestions.cs", StringComparison.Ordinal))
            .Where(source => source.Text.Contains("ShouldContinue(", StringComparison.Ordinal) && !source.Text.Contains("SwitchParameter Force", StringComparison.Ordinal));
        Assert.Empty(broken.Select(source => source.Path));
    }

    [Fact]
    public void A_cmdlet_is_in_a_file_of_its_own_name()
    {
        var names = Sources.Select(source => Path.GetFileNameWithoutExtension(source.Path)).ToHashSet();
        Assert.Empty(typeof(Infrastructure.AsyncCmdlet).Assembly.GetExportedTypes().Select(type => type.Name).Where(name => !names.Contains(name)));
    }

    [Fact]
    public void Nothing_is_left_for_later() => Assert.Empty(Matches(source => !source.EndsWith("/SourceContractTests.cs", StringComparison.Ordinal), Unfinished()));

    [Fact]
    public void Core_knows_neither_PowerShell_nor_an_SSH_library() =>
        Assert.Empty(Matches(source => source.StartsWith("src/LlmOps.Core/", StringComparison.Ordinal), ForeignNamespace()));

    [Fact]
    public void Only_the_composition_root_names_the_SSH_assembly() =>
        Assert.Empty(Matches(source => source.StartsWith("src/LlmOps/", StringComparison.Ordinal) && !source.EndsWith("/Services.cs", StringComparison.Ordinal), SshNamespace()));

    private static IEnumerable<string> Matches(Predicate<string> where, Regex what) =>
        from source in Sources
        where @where(source.Path)
        from line in source.Text.Split('\n').Select((text, index) => (Text: text, Number: index + 1))
        where what.IsMatch(line.Text)
        select $"{source.Path}:{line.Number} {line.Text.Trim()}";

    [GeneratedRegex(@"(?<![\w.])Console\.(Write|Out\b|Error\b|In\b|Read|Set|Open)|Host\.UI\.Write")]
    private static partial Regex ConsoleWrite();

    [GeneratedRegex(@"ConfigureAwait\(false\)")]
    private static partial Regex LeavesThread();

    [GeneratedRegex(@"^(?<indent>[ ]*)catch\s*(\(\s*Exception(\s+\w+)?\s*\))?\s*\{.*?^\k<indent>\}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CatchAll();

    [GeneratedRegex(@"\b(TODO|HACK|FIXME|NotImplementedException)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"using (System\.Management\.Automation|Renci\b)")]
    private static partial Regex ForeignNamespace();

    [GeneratedRegex(@"using LlmOps\.Ssh\b")]
    private static partial Regex SshNamespace();
}
