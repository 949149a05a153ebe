using System.Management.Automation.Host;

namespace LlmOps.Host;

/// <summary>The choices of a question as pwsh writes them: <c>[Y] Yes  [N] No  [?] Help (default is "Y"):</c></summary>
/// <param name="choices">The choices; an ampersand stands before the letter that picks one.</param>
/// <param name="defaultChoice">The one that Enter picks; -1 for none.</param>
internal sealed class ChoiceMenu(IReadOnlyList<ChoiceDescription> choices, int defaultChoice)
{
    /// <summary>The line that offers the choices.</summary>
    public string Line =>
        string.Join("  ", choices.Select(choice => $"[{Key(choice)}] {Name(choice)}").Append("[?] Help"))
        + (defaultChoice >= 0 ? $" (default is \"{Key(choices[defaultChoice])}\"):" : ":");

    /// <summary>What each choice means, a line each.</summary>
    public string Help => string.Join(Environment.NewLine, choices.Select(choice => $"{Key(choice)} - {choice.HelpMessage}"));

    /// <summary>The choice that an answer picks, by letter or by name; null if it picks none.</summary>
    /// <param name="answer">What was typed.</param>
    public int? Find(string answer)
    {
        var typed = answer.Trim();
        if (typed.Length == 0) return defaultChoice >= 0 ? defaultChoice : null;
        for (var i = 0; i < choices.Count; i++)
        {
            if (typed.Equals(Key(choices[i]), StringComparison.OrdinalIgnoreCase) || typed.Equals(Name(choices[i]), StringComparison.OrdinalIgnoreCase)) return i;
        }

        return null;
    }

    private static string Name(ChoiceDescription choice) => choice.Label.Replace("&", "", StringComparison.Ordinal);

    private static string Key(ChoiceDescription choice) =>
        choice.Label.IndexOf('&', StringComparison.Ordinal) is >= 0 and var at && at + 1 < choice.Label.Length ? choice.Label[(at + 1)..(at + 2)].ToUpperInvariant() : Name(choice);
}
