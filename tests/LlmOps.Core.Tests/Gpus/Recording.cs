using System.Runtime.CompilerServices;

namespace LlmOps.Tests.Gpus;

/// <summary>The recorded and the made outputs beside this file.</summary>
internal static class Recording
{
    public static string Read(string name, [CallerFilePath] string here = "") => File.ReadAllText(Path.Join(Path.GetDirectoryName(here), "Recordings", name));

    public static IEnumerable<string> All([CallerFilePath] string here = "") =>
        Directory.EnumerateFiles(Path.Join(Path.GetDirectoryName(here), "Recordings")).Order(StringComparer.Ordinal).Select(File.ReadAllText);

    /// <summary>The part of a recording under a heading such as <c>## csv</c>.</summary>
    public static string Section(string name, string heading)
    {
        var text = Read(name);
        var start = text.IndexOf($"## {heading}\n", StringComparison.Ordinal) + heading.Length + 4;
        var end = text.IndexOf("\n## ", start, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..end];
    }
}
