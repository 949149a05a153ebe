using System.Text.RegularExpressions;

namespace LlmOps.Benchmarks;

/// <summary>The programs of other people on this machine.</summary>
internal static partial class Programs
{
    /// <summary>Where a program is on PATH, or null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Join(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>The version that a program tells.</summary>
    public static string VersionOf(string program)
    {
        foreach (var question in new[] { "--version", "version" })
        {
            try
            {
                if (Version().Match(Shell.Run(program, question)) is { Success: true } version) return version.Value;
            }
            catch (InvalidOperationException)
            {
                // It does not know the question.
            }
        }

        return "";
    }

    [GeneratedRegex(@"\d+\.\d+(\.\d+)*")]
    private static partial Regex Version();
}
