namespace LlmOps.Protocol;

/// <summary>A failure on its way from the agent to the workstation.</summary>
/// <param name="ErrorId">The stable identifier.</param>
/// <param name="Kind">The sort of failure.</param>
/// <param name="Message">What happened.</param>
/// <param name="RecommendedAction">What to do about it.</param>
/// <param name="Target">What it is about.</param>
public sealed record AgentFault(string ErrorId, ErrorKind Kind, string Message, string RecommendedAction, string? Target)
{
    /// <summary>Describes an exception; one that is not a <see cref="LlmOpsException"/> becomes <c>AgentFailed</c>.</summary>
    /// <param name="exception">The exception.</param>
    public static AgentFault From(Exception exception)
    {
        var failure = exception as LlmOpsException ?? AgentErrors.Failed(exception);
        return new(failure.ErrorId, failure.Kind, failure.Message, failure.RecommendedAction, failure.Target);
    }

    /// <summary>The exception that this fault describes.</summary>
    public LlmOpsException ToException() => new(ErrorId, Kind, Message, RecommendedAction, Target) { IsFromRig = true };
}
