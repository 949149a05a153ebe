using System.Text.Json.Nodes;

namespace LlmOps.Hub.Tests;

/// <summary>A file in the fake Xet storage: which chunks it is.</summary>
internal sealed class FakeXetFile
{
    private readonly List<(int Xorb, int Chunk, int Length)> _chunks = [];

    public void Add(int xorb, int chunk, int length) => _chunks.Add((xorb, chunk, length));

    /// <summary>How a range is put together, in either version's shape.</summary>
    public JsonObject Plan(long from, long end, bool isNew, Func<int, int, long> offset, string storage)
    {
        var terms = new List<(int Xorb, int Start, int End, long Length)>();
        var (at, before) = (0L, -1L);
        foreach (var (xorb, chunk, length) in _chunks)
        {
            if (at < end && at + length > from)
            {
                if (before < 0) before = from - at;
                if (terms is [.., var last] && last.Xorb == xorb && last.End == chunk) terms[^1] = last with { End = chunk + 1, Length = last.Length + length };
                else terms.Add((xorb, chunk, chunk + 1, length));
            }

            at += length;
        }

        var xorbs = new JsonObject();
        foreach (var ranges in terms.GroupBy(term => term.Xorb))
        {
            xorbs[Name(ranges.Key)] = new JsonArray([.. ranges.DistinctBy(range => (range.Start, range.End)).Select(range =>
            {
                var (first, last) = (offset(range.Xorb, range.Start), offset(range.Xorb, range.End) - 1);
                var url = $"{storage}/xorb/{range.Xorb}?signed={first}-{last}";
                return isNew
                    ? new JsonObject { ["url"] = url, ["ranges"] = new JsonArray(new JsonObject { ["chunks"] = Range(range.Start, range.End), ["bytes"] = Range(first, last) }) }
                    : new JsonObject { ["range"] = Range(range.Start, range.End), ["url"] = url, ["url_range"] = Range(first, last) };
            })]);
        }

        return new JsonObject
        {
            ["offset_into_first_range"] = before,
            ["terms"] = new JsonArray([.. terms.Select(term => new JsonObject { ["hash"] = Name(term.Xorb), ["unpacked_length"] = term.Length, ["range"] = Range(term.Start, term.End) })]),
            [isNew ? "xorbs" : "fetch_info"] = xorbs,
        };
    }

    private static string Name(int xorb) => xorb.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);

    private static JsonObject Range(long start, long end) => new() { ["start"] = start, ["end"] = end };
}
