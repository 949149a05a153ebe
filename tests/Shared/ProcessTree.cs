using System.Globalization;

namespace LlmOps.Testing;

/// <summary>What runs on this machine, from <c>/proc</c>.</summary>
internal static class ProcessTree
{
    /// <summary>A process and all that it started, and they.</summary>
    public static IReadOnlyList<int> Below(int root)
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            if (Stat(id) is { } stat) parents[id] = int.Parse(stat[1], CultureInfo.InvariantCulture);
        }

        var found = new List<int> { root };
        for (var at = 0; at < found.Count; at++) found.AddRange(parents.Where(entry => entry.Value == found[at]).Select(entry => entry.Key));
        return found;
    }

    /// <summary>False of a process that has ended, also if nobody has collected it.</summary>
    public static bool IsAlive(int process) => Stat(process) is [not ("Z" or "X"), ..];

    private static string[]? Stat(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
