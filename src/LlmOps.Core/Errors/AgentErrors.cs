namespace LlmOps;

/// <summary>The failures of the agent itself.</summary>
public static class AgentErrors
{
    /// <summary>The agent does not know the operation.</summary>
    /// <param name="operation">The operation's name.</param>
    public static LlmOpsException OperationUnknown(string operation) => new(
        "AgentOperationUnknown", ErrorKind.InvalidOperation, $"The agent has no operation '{operation}'.", "Import the module again: its version and the agent's differ.", operation);

    /// <summary>The agent met what nobody expected.</summary>
    /// <param name="exception">What it met.</param>
    public static LlmOpsException Failed(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return new LlmOpsException(
            "AgentFailed", ErrorKind.InvalidResult, $"{exception.GetType().Name}: {exception.Message}",
            "Run the command again with -Verbose; if it fails again, report it with this message.", null, exception);
    }
}
