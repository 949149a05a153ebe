namespace LlmOps;

/// <summary>A failure that names its cause and its remedy. Cmdlets turn it into an <c>ErrorRecord</c> with the same id.</summary>
/// <param name="errorId">Stable identifier in PascalCase, such as <c>HostKeyChanged</c>; scripts may test for it.</param>
/// <param name="kind">The sort of failure.</param>
/// <param name="message">What happened, naming the value that was at fault. Never contains a secret.</param>
/// <param name="recommendedAction">What to do about it; where possible a command that can be pasted.</param>
/// <param name="target">The name of the thing that the failure is about.</param>
/// <param name="inner">The exception underneath, if any.</param>
public class LlmOpsException(
    string errorId,
    ErrorKind kind,
    string message,
    string recommendedAction,
    string? target = null,
    Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Stable identifier, such as <c>RigNotFound</c>.</summary>
    public string ErrorId { get; } = errorId;

    /// <summary>The sort of failure.</summary>
    public ErrorKind Kind { get; } = kind;

    /// <summary>What to do about it.</summary>
    public string RecommendedAction { get; } = recommendedAction;

    /// <summary>The name of the thing that the failure is about, or null.</summary>
    public string? Target { get; } = target;

    /// <summary>True for a failure that a rig's agent has reported: the connection was well, and what was asked for failed there.</summary>
    public bool IsFromRig { get; init; }
}
