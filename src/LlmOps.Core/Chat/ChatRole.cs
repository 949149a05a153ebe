namespace LlmOps.Chat;

/// <summary>Who says a message of a conversation.</summary>
public enum ChatRole
{
    /// <summary>The instructions that come first.</summary>
    System,

    /// <summary>The person, or the script.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,
}
