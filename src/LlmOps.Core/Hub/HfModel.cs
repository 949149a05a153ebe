using LlmOps.Rigs;

namespace LlmOps.Hub;

/// <summary>A model of the Hugging Face Hub at a commit, at a place: this machine or a rig.</summary>
public sealed record HfModel
{
    /// <summary>The repository, such as <c>Qwen/Qwen2.5-72B-Instruct-AWQ</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its kind.</summary>
    public HubRepoType RepoType { get; init; }

    /// <summary>The revision that was asked for: a branch, a tag or a commit.</summary>
    public required string Revision { get; init; }

    /// <summary>The commit that the revision meant, 40 hex digits.</summary>
    public required string Commit { get; init; }

    /// <summary>The folder that holds the files: a snapshot of the cache, or the local directory that was asked for.</summary>
    public required string Path { get; init; }

    /// <summary>The size of the files in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The number of files.</summary>
    public required int FileCount { get; init; }

    /// <summary>How many bytes were fetched to get here; 0 if all was there.</summary>
    public long Downloaded { get; init; }

    /// <summary>What of the repository is left out, since it holds the same model in another form; the largest first.</summary>
    public IReadOnlyList<LeftOutFiles> LeftOut { get; init; } = [];

    /// <summary>The rig that it is on; null is this machine.</summary>
    public GpuRig? Rig { get; init; }

    /// <summary>The repository's name.</summary>
    public override string ToString() => Id;
}
