namespace LlmOps.Chat;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who says it.</param>
/// <param name="Text">What is said.</param>
public sealed record ChatMessage(ChatRole Role, string Text)
{
    /// <summary>Pictures that go with it: <c>http(s)</c> addresses, or data URLs.</summary>
    public IReadOnlyList<Uri> Images { get; init; } = [];

    /// <summary>The role and the text.</summary>
    public override string ToString() => $"{Role}: {Text}";
}
