namespace LlmOps.Build;

/// <summary>A step failed; the message is all there is to say.</summary>
internal sealed class BuildFailure(string message) : Exception(message);
