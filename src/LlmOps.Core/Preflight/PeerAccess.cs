using System.Text.RegularExpressions;

namespace LlmOps.Preflight;

/// <summary>Which GPUs can read each other's memory: the matrix of <c>nvidia-smi topo -p2p r</c>, whose cells are OK, CNS, NS, GNS, TNS, DR or U.</summary>
/// <param name="All">True if all can.</param>
/// <param name="Refusals">The other words that stand in it.</param>
internal sealed partial record PeerAccess(bool All, IReadOnlyList<string> Refusals)
{
    /// <summary>Reads the matrix; null if there is none.</summary>
    public static PeerAccess? Parse(string text)
    {
        var cells = text.Split('\n').Select(line => Ansi().Replace(line, "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(row => row.Length > 2 && Row().IsMatch(row[0]) && row.Contains("X")).SelectMany(row => row[1..]).Where(cell => cell != "X").ToList();
        return cells.Count == 0 ? null : new PeerAccess(cells.All(cell => cell == "OK"), [.. cells.Where(cell => cell != "OK").Distinct()]);
    }

    [GeneratedRegex("\u001b\\[[0-9;]*[A-Za-z]")]
    private static partial Regex Ansi();

    [GeneratedRegex(@"^GPU\d+$")]
    private static partial Regex Row();
}
