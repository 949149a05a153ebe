namespace LlmOps.Hub;

/// <summary>A failure that may pass: the request is worth repeating.</summary>
/// <param name="reason">What to tell the user when it does not pass.</param>
/// <param name="wait">How long the Hub wants to be left alone; zero to try again at once; null if it does not say.</param>
internal sealed class HubTransientException(LlmOpsException reason, TimeSpan? wait = null) : Exception(reason.Message, reason)
{
    public LlmOpsException Reason { get; } = reason;

    public TimeSpan? Wait { get; } = wait;
}
