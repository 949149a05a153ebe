namespace LlmOps.Renting;

/// <summary>Whether somebody uses a machine at a moment.</summary>
/// <param name="By">Who, in a few words such as <c>2 requests at qwen</c>; null if nobody does.</param>
public sealed record RigUse(string? By)
{
    /// <summary>Nobody.</summary>
    public static RigUse None { get; } = new((string?)null);
}
