using System.Globalization;

namespace LlmOps.Simulator.Hub;

/// <summary>One range of bytes of a <c>Range</c> header (RFC 9110 §14.1.2).</summary>
internal readonly record struct ByteRange(int From, int Length)
{
    /// <summary>Reads the header; false if the range lies outside of the file. Null means the whole file.</summary>
    public static bool TryParse(string? header, int length, out ByteRange? range)
    {
        range = null;
        if (header is null || !header.StartsWith("bytes=", StringComparison.Ordinal) || header["bytes=".Length..].Split('-') is not [var first, var last]) return true;
        if (first.Length == 0)
        {
            if (!int.TryParse(last, CultureInfo.InvariantCulture, out var tail) || tail <= 0) return false;
            range = new ByteRange(Math.Max(0, length - tail), Math.Min(tail, length));
            return true;
        }

        if (!int.TryParse(first, CultureInfo.InvariantCulture, out var from) || from >= length) return false;
        var to = long.TryParse(last, CultureInfo.InvariantCulture, out var given) ? (int)Math.Min(given, length - 1) : length - 1;
        if (to < from) return false;
        range = new ByteRange(from, to - from + 1);
        return true;
    }
}
