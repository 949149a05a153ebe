namespace LlmOps.Planning;

/// <summary>The engines that a fit can be planned for.</summary>
public enum LlmEngine
{
    /// <summary>vLLM.</summary>
    Vllm,

    /// <summary>llama.cpp's llama-server, for GGUF files.</summary>
    LlamaCpp,
}
