namespace LlmOps.Diagnosis;

/// <summary>What a text in a log stands for.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Rule">The rule that it belongs to, by its place; -1 for a sign of the run itself.</param>
internal readonly record struct LogSign(LogSignKind Kind, int Rule);

/// <summary>What a text in a log says.</summary>
internal enum LogSignKind
{
    /// <summary>A rule may match this line.</summary>
    Candidate,

    /// <summary>From here on a rule can hold.</summary>
    Opens,

    /// <summary>From here on a rule can't hold any more.</summary>
    Closes,

    /// <summary>A run begins, or has come up: what was said before is no cause.</summary>
    Anew,
}
