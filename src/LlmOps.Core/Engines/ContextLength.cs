using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmOps.Engines;

/// <summary>A context length as vLLM takes it: <c>32768</c>, <c>32k</c> (decimal), <c>32K</c> (binary), <c>auto</c> or <c>-1</c>. Source: vLLM's human_readable_int.</summary>
public static partial class ContextLength
{
    /// <summary>The number of tokens; null where the engine decides.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="LlmOpsException"><c>ContextLengthInvalid</c>.</exception>
    public static int? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text is "auto" or "-1") return null;
        if (Shape().Match(text) is not { Success: true } match) throw ServerErrors.ContextLengthInvalid(text);
        var unit = match.Groups[2].Value switch { "k" => 1000d, "K" => 1024d, "m" => 1e6, "M" => 1048576d, _ => 1d };
        var tokens = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * unit;
        return tokens is >= 1 and <= int.MaxValue && tokens == Math.Floor(tokens) ? (int)tokens : throw ServerErrors.ContextLengthInvalid(text);
    }

    [GeneratedRegex(@"^(\d{1,12}(?:\.\d{1,6})?)([kKmM]?)\z")]
    private static partial Regex Shape();
}
