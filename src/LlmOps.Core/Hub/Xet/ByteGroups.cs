namespace LlmOps.Hub.Xet;

/// <summary>Undoes the grouping of bytes that makes arrays of 4-byte numbers compress better: first all bytes whose place divides by four, then those one further, and so on.</summary>
internal static class ByteGroups
{
    /// <summary>Puts the bytes back in order.</summary>
    /// <param name="grouped">The four groups, one behind the other; a group has a byte more than the last where the length does not divide by four.</param>
    /// <param name="target">Takes the bytes; as long as <paramref name="grouped"/>.</param>
    public static void Spread(ReadOnlySpan<byte> grouped, Span<byte> target)
    {
        var (quarter, rest) = (grouped.Length / 4, grouped.Length % 4);
        var first = grouped[..(quarter + (rest > 0 ? 1 : 0))];
        var second = grouped.Slice(first.Length, quarter + (rest > 1 ? 1 : 0));
        var third = grouped.Slice(first.Length + second.Length, quarter + (rest > 2 ? 1 : 0));
        var fourth = grouped[^quarter..];
        for (var at = 0; at < quarter; at++)
        {
            var four = target.Slice(4 * at, 4);
            four[3] = fourth[at];
            four[2] = third[at];
            four[1] = second[at];
            four[0] = first[at];
        }

        var tail = target[(4 * quarter)..];
        if (rest > 2) tail[2] = third[quarter];
        if (rest > 1) tail[1] = second[quarter];
        if (rest > 0) tail[0] = first[quarter];
    }
}
