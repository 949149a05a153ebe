namespace LlmOps;

/// <summary>The connection ended in the middle of an answer; what had come is kept.</summary>
/// <param name="endpoint">The base address.</param>
/// <param name="partialText">The text that had come.</param>
/// <param name="partialReasoning">The reasoning that had come.</param>
/// <param name="inner">What broke it, or null where the stream just ended.</param>
public sealed class ChatStreamCutException(Uri endpoint, string partialText, string partialReasoning, Exception? inner = null) : LlmOpsException(
    "ChatStreamCut", ErrorKind.ConnectionError,
    $"The connection to {endpoint} ended in the middle of the answer, after {partialText.Length} characters.",
    "Run the command again. What had come is in $Error[0].Exception.PartialText.",
    endpoint.ToString(), inner)
{
    /// <summary>The text that had come.</summary>
    public string PartialText { get; } = partialText;

    /// <summary>The reasoning that had come.</summary>
    public string PartialReasoning { get; } = partialReasoning;
}
