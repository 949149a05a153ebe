namespace LlmOps.WebUI;

/// <summary>How Open WebUI is.</summary>
public enum OpenWebUIState
{
    /// <summary>Its container runs, and its page does not answer yet.</summary>
    Starting,

    /// <summary>Its page answers.</summary>
    Ready,

    /// <summary>Its container has ended.</summary>
    Stopped,
}
