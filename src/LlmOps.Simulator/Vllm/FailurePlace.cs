namespace LlmOps.Simulator.Vllm;

/// <summary>Which process of vLLM an exception comes from.</summary>
internal enum FailurePlace
{
    ApiServer,
    EngineCore,
    Worker,
}
