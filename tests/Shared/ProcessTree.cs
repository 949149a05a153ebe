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
            try
            {
                var stat = File.ReadAllText(Path.Join(folder, "stat"));
                parents[id] = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // It has just ended.
            }
        }

        var found = new List<int> { root };
        for (var at = 0; at < found.Count; at++) found.AddRange(parents.Where(entry => entry.Value == found[at]).Select(entry => entry.Key));
        return found;
    }
}
