namespace LlmOps.Containers;

/// <summary>
/// Counts layers in what <c>docker pull</c> and <c>podman pull</c> write when nobody looks at a terminal: <c>1f2e3d: Pull complete</c> of the one,
/// <c>Copying blob sha256:…</c> and <c>Copying config …</c> of the other.
/// </summary>
internal sealed class PullLayers
{
    private static readonly string[] Ends = ["Pull complete", "Already exists"];
    private static readonly string[] PodmanEnds = ["done", "skipped"];

    private readonly HashSet<string> _known = [];
    private readonly HashSet<string> _done = [];

    /// <summary>Takes a line, of either engine, from any thread.</summary>
    /// <param name="line">The line.</param>
    public PullProgress Read(string line)
    {
        lock (_known)
        {
            if (line.StartsWith("Copying config", StringComparison.Ordinal)) _done.UnionWith(_known); // Podman says so once all blobs are here
            else if (line.StartsWith("Copying blob ", StringComparison.Ordinal)) Count(line["Copying blob ".Length..].Split(' ')[0], PodmanEnds.Any(end => line.Contains(end, StringComparison.Ordinal)));
            else if (line.Split(": ", 2) is [{ Length: 12 } layer, var what] && layer.All(char.IsAsciiHexDigit)) Count(layer, Ends.Any(end => what.StartsWith(end, StringComparison.Ordinal)));
            return new PullProgress(_done.Count, _known.Count, line.Trim());
        }
    }

    private void Count(string layer, bool isDone)
    {
        _known.Add(layer);
        if (isDone) _done.Add(layer);
    }
}
