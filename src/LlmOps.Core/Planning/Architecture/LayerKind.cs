namespace LlmOps.Planning;

/// <summary>What a layer keeps of the tokens that it has seen.</summary>
public enum LayerKind
{
    /// <summary>Keys and values of all tokens.</summary>
    Full,

    /// <summary>Keys and values of the last tokens of a window.</summary>
    Sliding,

    /// <summary>Keys and values of the current chunk (Llama 4).</summary>
    Chunked,

    /// <summary>One compressed vector per token, the same for all heads (multi-head latent attention of DeepSeek).</summary>
    Latent,

    /// <summary>A state of fixed size: Mamba, gated delta net.</summary>
    Recurrent,
}
