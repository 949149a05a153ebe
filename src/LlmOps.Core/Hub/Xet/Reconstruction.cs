using System.Text.Json;

namespace LlmOps.Hub.Xet;

/// <summary>How a range of a file is put together: the chunks in order, and where to get them. Xet storage has two shapes of it, <c>/v1/</c> and <c>/v2/reconstructions</c>.</summary>
internal sealed class Reconstruction
{
    /// <summary>The most chunks that a xorb has.</summary>
    private const int MostChunks = 8192;

    /// <summary>The longest xorb in bytes: 64 MiB of chunks, with room for what does not compress.</summary>
    private const long MostBytes = 128L << 20;

    /// <summary>The most terms: far more than a range that is asked for in one request has.</summary>
    private const int MostTerms = 20_000;

    private readonly ILookup<string, XorbRange> _ranges;

    private Reconstruction(long offset, IReadOnlyList<XetTerm> terms, ILookup<string, XorbRange> ranges)
    {
        Offset = offset;
        Terms = terms;
        _ranges = ranges;
    }

    /// <summary>How many bytes of the first term lie before the range.</summary>
    public long Offset { get; }

    /// <summary>The parts in order.</summary>
    public IReadOnlyList<XetTerm> Terms { get; }

    /// <summary>Reads either shape.</summary>
    /// <param name="json">The answer.</param>
    /// <exception cref="XetException">It is neither, or its numbers are impossible.</exception>
    public static Reconstruction Parse(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            XetTerm[] terms = [.. root.GetProperty("terms").EnumerateArray().Take(MostTerms + 1).Select(Term)];
            var ranges = root.TryGetProperty("xorbs", out var xorbs) ? RangesOf(xorbs, Merged) : RangesOf(root.GetProperty("fetch_info"), Single);
            var offset = root.GetProperty("offset_into_first_range").GetInt64();
            return terms.Length is > 0 and <= MostTerms && offset >= 0 && offset < terms[0].Length ? new Reconstruction(offset, terms, ranges) : throw Strange();
        }
        catch (Exception strange) when (strange is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new XetException("it does not say how the file is put together", strange);
        }
    }

    /// <summary>The request that brings a chunk.</summary>
    /// <exception cref="XetException">There is none.</exception>
    public XorbRange Find(string xorb, int chunk) =>
        _ranges[xorb].FirstOrDefault(range => range.Start <= chunk && chunk < range.End) ?? throw new XetException("it does not say where a part of the file is");

    /// <summary>True if a term behind another one holds this chunk too.</summary>
    public bool IsNeededAfter(int term, string xorb, int chunk)
    {
        for (var later = term + 1; later < Terms.Count; later++)
        {
            if (Terms[later].Start <= chunk && chunk < Terms[later].End && Terms[later].Xorb == xorb) return true;
        }

        return false;
    }

    private static XetTerm Term(JsonElement term)
    {
        var (start, end) = Chunks(term.GetProperty("range"));
        var length = term.GetProperty("unpacked_length").GetInt64();
        if (length <= 0 || length > (long)(end - start) * ChunkHeader.MostBytes) throw Strange();
        return new XetTerm(term.GetProperty("hash").GetString() ?? throw Strange(), start, end, length);
    }

    private static ILookup<string, XorbRange> RangesOf(JsonElement xorbs, Func<JsonElement, IEnumerable<XorbRange>> read) =>
        xorbs.EnumerateObject().SelectMany(xorb => xorb.Value.EnumerateArray().SelectMany(read).Select(range => (xorb.Name, range))).ToLookup(pair => pair.Name, pair => pair.range, StringComparer.Ordinal);

    private static IEnumerable<XorbRange> Merged(JsonElement entry) =>
        entry.GetProperty("ranges").EnumerateArray().Select(range => Range(entry, range.GetProperty("chunks"), range.GetProperty("bytes")));

    private static IEnumerable<XorbRange> Single(JsonElement entry) => [Range(entry, entry.GetProperty("range"), entry.GetProperty("url_range"))];

    private static XorbRange Range(JsonElement entry, JsonElement chunks, JsonElement bytes)
    {
        var (start, end) = Chunks(chunks);
        var (from, to) = (bytes.GetProperty("start").GetInt64(), bytes.GetProperty("end").GetInt64());
        if (from < 0 || to < from || to >= MostBytes) throw Strange();
        // The signature covers the address as it is written.
        return Uri.TryCreate(entry.GetProperty("url").GetString(), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) ? new XorbRange(address, start, end, from, to) : throw Strange();
    }

    private static (int Start, int End) Chunks(JsonElement range)
    {
        var (start, end) = (range.GetProperty("start").GetInt32(), range.GetProperty("end").GetInt32());
        return start >= 0 && start < end && end <= MostChunks ? (start, end) : throw Strange();
    }

    private static XetException Strange() => new("it gives impossible numbers");
}
