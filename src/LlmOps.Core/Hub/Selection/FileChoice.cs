namespace LlmOps.Hub;

/// <summary>Which files of a repository are fetched.</summary>
/// <param name="Files">These.</param>
/// <param name="LeftOut">What is left, the largest first.</param>
internal sealed record FileChoice(IReadOnlyList<HubFile> Files, IReadOnlyList<LeftOutFiles> LeftOut);
