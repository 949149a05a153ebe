using System.Management.Automation;
using System.Management.Automation.Language;

namespace LlmOps.Infrastructure;

/// <summary>Offers the names that fit what was typed, quoted where PowerShell needs it.</summary>
internal static class NameCompletion
{
    public static IEnumerable<CompletionResult> Complete(string wordToComplete, IEnumerable<(string Name, string Explanation)> names)
    {
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        return names
            .Where(item => pattern.IsMatch(item.Name))
            .Select(item => new CompletionResult(Quoted(item.Name), item.Name, CompletionResultType.ParameterValue, item.Explanation.Length == 0 ? item.Name : item.Explanation));
    }

    private static string Quoted(string name) =>
        name.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/' or ':') ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";
}
