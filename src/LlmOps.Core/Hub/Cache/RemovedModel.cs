namespace LlmOps.Hub;

/// <summary>What a removal has freed, or would free.</summary>
/// <param name="Id">The repository.</param>
/// <param name="Commits">The commits.</param>
/// <param name="IsWhole">True if nothing of the repository is left.</param>
/// <param name="FileCount">How many contents, unfinished ones included.</param>
/// <param name="Size">Their size in bytes.</param>
public sealed record RemovedModel(string Id, IReadOnlyList<string> Commits, bool IsWhole, int FileCount, long Size);
