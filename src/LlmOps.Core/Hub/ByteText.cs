using System.Globalization;

namespace LlmOps.Hub;

/// <summary>Writes a number of bytes for people, in powers of ten as the Hub does: <c>39.2 GB</c>.</summary>
public static class ByteText
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    /// <summary>The text.</summary>
    /// <param name="bytes">The number of bytes.</param>
    public static string Of(double bytes)
    {
        var unit = 0;
        for (; Math.Abs(bytes) >= 999.95 && unit < Units.Length - 1; unit++) bytes /= 1000;
        return bytes.ToString(unit == 0 ? "0" : "0.0", CultureInfo.CurrentCulture) + " " + Units[unit];
    }
}
