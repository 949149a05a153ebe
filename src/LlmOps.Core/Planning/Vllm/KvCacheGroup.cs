namespace LlmOps.Planning;

/// <summary>Layers of one kind as vLLM's block table sees them: so many groups of layers, each with a table of its own.</summary>
/// <param name="Layers">The layers.</param>
/// <param name="Count">In how many groups they are.</param>
/// <param name="BlockTokens">The tokens of a block; for recurrent layers, one state.</param>
public sealed record KvCacheGroup(LayerGroup Layers, int Count, int BlockTokens);
