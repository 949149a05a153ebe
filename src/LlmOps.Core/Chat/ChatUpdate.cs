namespace LlmOps.Chat;

/// <summary>Something that happens while a model answers.</summary>
public sealed record ChatUpdate
{
    /// <summary>More of the text to show, or empty.</summary>
    public string Text { get; init; } = "";

    /// <summary>More of the reasoning, or empty.</summary>
    public string Reasoning { get; init; } = "";

    /// <summary>Why the request is being sent again, or null.</summary>
    public string? Retry { get; init; }

    /// <summary>True if the answer, asked for again, differs from what was shown: <see cref="Text"/> begins it anew.</summary>
    public bool StartedAnew { get; init; }

    /// <summary>The whole answer; comes last.</summary>
    public ChatReply? Reply { get; init; }
}
