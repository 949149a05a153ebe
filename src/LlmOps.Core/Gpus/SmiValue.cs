using System.Globalization;

namespace LlmOps.Gpus;

/// <summary>
/// Reads a value as the tools write it: a number, with or without its unit. Everything that is no number is null: <c>N/A</c>, <c>[N/A]</c>,
/// <c>[Not Supported]</c>, <c>[Unknown Error]</c>, <c>[Insufficient Permissions]</c>, <c>[GPU requires reset]</c>.
/// </summary>
internal static class SmiValue
{
    private const long Mebi = 1024 * 1024;

    public static double? Number(string? text)
    {
        if (text is null) return null;
        var trimmed = text.AsSpan().Trim();
        var end = 0;
        while (end < trimmed.Length && (char.IsAsciiDigit(trimmed[end]) || trimmed[end] is '.' or '-')) end++;
        return double.TryParse(trimmed[..end], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1e15 ? number : null;
    }

    public static int? Integer(string? text) => Number(text) is { } number and > int.MinValue and < int.MaxValue ? (int)Math.Round(number) : null;

    public static long? Mebibytes(string? text) => Number(text) is { } number and >= 0 and < (long.MaxValue / Mebi) ? (long)(number * Mebi) : null;

    /// <summary>What is said, or null for the ways of saying nothing.</summary>
    public static string? Text(string? text) =>
        text?.Trim() is { Length: > 0 } said && said is not ("N/A" or "None") && said[0] != '[' ? said : null;

    public static bool? Enabled(string? text) => Text(text) switch { "Enabled" => true, "Disabled" => false, _ => null };
}
