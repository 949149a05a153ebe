using System.Text.RegularExpressions;

namespace LlmOps.Gpus;

/// <summary>
/// How the GPUs of a machine are linked, from <c>nvidia-smi topo -m</c>: a matrix in tabs whose header is underlined by ANSI codes.
/// The words are the tool's: <c>NV18</c> is 18 NVLinks; <c>PIX</c>, <c>PXB</c>, <c>PHB</c>, <c>NODE</c> and <c>SYS</c> are ever longer ways over PCIe.
/// </summary>
internal sealed partial class SmiTopology
{
    private readonly Dictionary<(int From, int To), string> _links = [];

    /// <summary>The link between two GPUs, or null if it is not known.</summary>
    public string? this[int from, int to] => _links.GetValueOrDefault((from, to));

    public static SmiTopology Parse(string text)
    {
        var topology = new SmiTopology();
        var peers = new List<int?>();
        foreach (var line in Ansi().Replace(text, "").Split('\n'))
        {
            var cells = line.TrimEnd('\r').Split('\t');
            var from = GpuNumber(cells[0]);
            if (from is null && peers.Count == 0 && cells.Any(cell => GpuNumber(cell) is not null)) peers = [.. cells.Select(GpuNumber)];
            if (from is not { } row || peers.Count == 0) continue;
            for (var column = 1; column < Math.Min(cells.Length, peers.Count); column++)
                if (peers[column] is { } to && to != row && cells[column].Trim() is { Length: > 0 } link) topology._links[(row, to)] = link;
        }

        return topology;
    }

    /// <summary>The number of NVLinks that a link is made of, 0 if it is none.</summary>
    public static int NvLinks(string link) =>
        link.StartsWith("NV", StringComparison.Ordinal) && int.TryParse(link.AsSpan(2), out var count) ? count : 0;

    private static int? GpuNumber(string cell) =>
        cell.Trim() is var name && name.StartsWith("GPU", StringComparison.Ordinal) && int.TryParse(name.AsSpan(3), out var number) ? number : null;

    [GeneratedRegex("\u001b\\[[0-9;]*[A-Za-z]")]
    private static partial Regex Ansi();
}
