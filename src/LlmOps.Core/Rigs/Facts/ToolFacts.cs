using System.Text.RegularExpressions;
using LlmOps.Processes;

namespace LlmOps.Rigs.Facts;

/// <summary>Looks for the programs that running models needs, all at the same time.</summary>
/// <param name="time">The clock.</param>
internal sealed partial class ToolFacts(TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly (string Name, string[] Arguments)[] Wanted =
    [
        ("uv", ["--version"]), ("python3", ["--version"]), ("gcc", ["--version"]), ("nvcc", ["--version"]), ("hf", ["version"]),
        ("git", ["--version"]), ("ninja", ["--version"]), ("docker", ["--version"]),
    ];

    public async Task<IReadOnlyList<RigReportTool>> ReadAsync(FactNotes notes, CancellationToken cancel)
    {
        var found = await Task.WhenAll(Wanted.Select(tool => FindAsync(tool.Name, tool.Arguments, notes, cancel))).ConfigureAwait(false);
        var missing = Wanted.Where((_, i) => found[i] is null).Select(tool => tool.Name).ToList();
        if (missing.Count > 0) notes.Add($"Not found: {string.Join(", ", missing)}.");
        return [.. found.OfType<RigReportTool>()];
    }

    /// <summary>The version in what a program says of itself; nvcc says it last (<c>V12.8.93</c>), gcc in its first line after a name that may hold another.</summary>
    public static string? Version(string tool, string said)
    {
        var line = tool == "nvcc"
            ? said.Split('\n').FirstOrDefault(line => line.Contains(", V", StringComparison.Ordinal)) ?? said
            : said.Trim().Split('\n')[0];
        var numbers = Number().Matches(line);
        return numbers.Count == 0 ? null : numbers[tool is "nvcc" or "gcc" ? ^1 : 0].Value;
    }

    private async Task<RigReportTool?> FindAsync(string name, string[] arguments, FactNotes notes, CancellationToken cancel)
    {
        try
        {
            var run = await ProgramOutput.CaptureAsync(new ProcessStart { FileName = name, Arguments = arguments }, Limit, time, cancel).ConfigureAwait(false);
            return new RigReportTool(name, Version(name, run.Output.Length > 0 ? run.Output : run.Error));
        }
        catch (TimeoutException)
        {
            notes.Add($"{name} is there, but did not say its version within {Limit.TotalSeconds:0} s.");
            return new RigReportTool(name, null);
        }
        catch (LlmOpsException absent) when (absent.ErrorId is "ProgramNotFound" or "ProgramNotStarted")
        {
            return null;
        }
    }

    [GeneratedRegex(@"\d+(?:\.\d+)+[0-9A-Za-z.+-]*")]
    private static partial Regex Number();
}
