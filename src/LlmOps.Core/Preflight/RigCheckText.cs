namespace LlmOps.Preflight;

/// <summary>Writes checks for people: what fails stands out, and its remedy stands under it on a line of its own, to be pasted.</summary>
public static class RigCheckText
{
    private const int NameWidth = 18;
    private const int Width = 82;

    /// <summary>The text, a line or more for each check.</summary>
    /// <param name="checks">The checks.</param>
    public static string Of(IEnumerable<RigCheck> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return string.Join(Environment.NewLine, checks.SelectMany(Lines));
    }

    private static IEnumerable<string> Lines(RigCheck check)
    {
        var mark = check.Verdict switch { RigVerdict.Pass => "ok  ", RigVerdict.Warn => "WARN", _ => "FAIL" };
        var head = $"{mark} {check.Name.PadRight(NameWidth)}";
        foreach (var part in Wrapped(check.Seen, Width - head.Length))
        {
            yield return head + part;
            head = new string(' ', head.Length);
        }

        if (check.Remedy is { } remedy) yield return "     -> " + remedy;
    }

    private static IEnumerable<string> Wrapped(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line += (line.Length == 0 ? "" : " ") + word;
        }

        yield return line;
    }
}
