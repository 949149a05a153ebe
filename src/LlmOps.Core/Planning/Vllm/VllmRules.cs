namespace LlmOps.Planning;

/// <summary>
/// What vLLM does differently from version to version with its memory. Sources: its release notes and v1/worker/gpu_worker.py; where only logs tell it, docs/fit.md says which.
/// </summary>
/// <param name="IsV0">The old engine (before 0.8): it profiles with one prompt of the full context and counts CUDA's own context.</param>
/// <param name="Utilization">The default of <c>--gpu-memory-utilization</c>.</param>
/// <param name="CountsGraphs">True if the memory of CUDA graphs is taken out of the budget.</param>
/// <param name="CountsByConcurrency">True if the tokens that it prints are the concurrency times the context; before, they are blocks over groups times the block.</param>
/// <param name="BytesPerLogit">What sampling takes for each request and word.</param>
/// <param name="StateBlocks">The blocks of a request in a group of recurrent layers: 1, or 2 where prefixes are cached at block boundaries.</param>
public sealed record VllmRules(bool IsV0, double Utilization, bool CountsGraphs, bool CountsByConcurrency, int BytesPerLogit, int StateBlocks)
{
    private static readonly Version V1 = new(0, 8);
    private static readonly Version AlignedStates = new(0, 15);
    private static readonly Version GraphBudget = new(0, 21);

    /// <summary>The rules of the newest version that is known.</summary>
    public static VllmRules Current { get; } = For(null);

    /// <summary>The rules of a version.</summary>
    /// <param name="version">Such as 0.27.1; null for the newest.</param>
    public static VllmRules For(Version? version) => new(
        version is not null && version < V1, version is null || version >= GraphBudget ? 0.92 : 0.9, version is null || version >= GraphBudget, version is null || version >= GraphBudget,
        version is null || version < V1 || version >= AlignedStates ? 28 : 40, version is null || version >= AlignedStates ? 2 : 1);
}
