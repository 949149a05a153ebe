using System.Text.RegularExpressions;

namespace LlmOps.Rigs;

/// <summary>What may be the name of a rig or of a server: a file name on every platform, and nothing a shell would touch.</summary>
public static partial class RigName
{
    /// <summary>Refuses a text that can't be a name.</summary>
    /// <param name="name">The text.</param>
    /// <exception cref="LlmOpsException"><c>RigNameInvalid</c>.</exception>
    public static void Validate(string name)
    {
        if (!IsValid(name)) throw RigErrors.InvalidName(name);
    }

    /// <summary>True if a text can be a name.</summary>
    /// <param name="name">The text.</param>
    public static bool IsValid(string name) => Pattern().IsMatch(name);

    /// <summary>Makes a name from a host, a model or another text, and sets it apart from those in use by a number.</summary>
    /// <param name="text">The text, such as <c>gpu.example.com</c>.</param>
    /// <param name="taken">Whether a name is in use.</param>
    public static string From(string text, Predicate<string> taken)
    {
        var name = Unfit().Replace(text, "-").Trim('-', '.', '_');
        name = name.Length switch { 0 => "rig", > 56 => name[..56].TrimEnd('-', '.', '_'), _ => name };
        return taken(name) ? Enumerable.Range(2, int.MaxValue - 2).Select(number => $"{name}-{number}").First(candidate => !taken(candidate)) : name;
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"[^A-Za-z0-9._-]+")]
    private static partial Regex Unfit();
}
