using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmOps.Simulator.Vllm;

/// <summary>What the rehearsal model says: the truth where it is easy, else that it is none.</summary>
internal static partial class AnswerBook
{
    private static readonly string[] Numbers = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

    public static string Answer(string prompt, string model, bool hasImage)
    {
        if (LetterCount().Match(prompt) is { Success: true } asked) return CountLetters(asked.Groups["letter"].Value[0], asked.Groups["word"].Value);
        if (Sum().Match(prompt) is { Success: true } sum) return Calculate(sum);
        if (CountTo().Match(prompt) is { Success: true } count) return string.Join(", ", Enumerable.Range(1, int.Parse(count.Groups["end"].ValueSpan, CultureInfo.InvariantCulture)));
        if (Exactly().Match(prompt) is { Success: true } wish) return wish.Groups["text"].Value;
        if (prompt.Contains("capital of France", StringComparison.OrdinalIgnoreCase)) return "The capital of France is Paris.";
        if (Greeting().IsMatch(prompt)) return $"Hello! I am the simulated {model}. Ask me how many r's are in strawberry.";
        return hasImage
            ? "This is a simulated answer: an image was received, and no model looked at it."
            : $"This is a simulated answer. No model was run; the rehearsal rig plays {model} so that the way to it can be tried. Your message had {prompt.Length} characters.";
    }

    /// <summary>What a reasoning model thinks before it answers.</summary>
    public static string Reasoning(string prompt) => $"The user says: \"{(prompt.Length > 60 ? prompt[..60] + "…" : prompt)}\". This is a rehearsal, so I keep it short.";

    private static string CountLetters(char letter, string word)
    {
        var count = word.Count(other => char.ToLowerInvariant(other) == char.ToLowerInvariant(letter));
        var spelled = string.Join('-', word.ToUpperInvariant().ToCharArray());
        var number = count < Numbers.Length ? $"{Numbers[count]} ({count})" : $"{count}";
        return $"There {(count == 1 ? "is" : "are")} {number} {char.ToLowerInvariant(letter)}{(count == 1 ? "" : "'s")} in \"{word}\": {spelled}.";
    }

    private static string Calculate(Match sum)
    {
        var (left, right) = (decimal.Parse(sum.Groups["left"].Value, CultureInfo.InvariantCulture), decimal.Parse(sum.Groups["right"].Value, CultureInfo.InvariantCulture));
        var result = sum.Groups["sign"].Value switch { "+" => left + right, "-" => left - right, _ => left * right };
        return string.Create(CultureInfo.InvariantCulture, $"{left} {sum.Groups["sign"].Value} {right} = {result}");
    }

    [GeneratedRegex(@"how many\s+(?:letters?\s+)?['""]?(?<letter>\p{L})['""’]?s?['""]?\s+(?:are\s+)?(?:there\s+)?(?:are\s+)?in\s+(?:the\s+)?(?:word\s+)?['""“]?(?<word>\p{L}+)", RegexOptions.IgnoreCase)]
    private static partial Regex LetterCount();

    [GeneratedRegex(@"(?<left>\d{1,9})\s*(?<sign>[+*x×-])\s*(?<right>\d{1,9})")]
    private static partial Regex Sum();

    [GeneratedRegex(@"\bcount\s+(?:from\s+(?:1|one)\s+)?(?:up\s+)?to\s+(?<end>[1-9]\d{0,3})\b", RegexOptions.IgnoreCase)]
    private static partial Regex CountTo();

    [GeneratedRegex(@"^\s*(?:say|reply with|answer with)(?: exactly)?:?\s+['""]?(?<text>[^'""\n]{1,200}?)['""]?[.!]?\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Exactly();

    [GeneratedRegex(@"^\s*(?:hi|hello|hey|good (?:morning|day|evening))\b.{0,20}$", RegexOptions.IgnoreCase)]
    private static partial Regex Greeting();
}
