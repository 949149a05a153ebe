using LlmOps.Rigs;

namespace LlmOps.Hub;

/// <summary>A file in the cache and what its check has found.</summary>
public sealed record TestedModelFile
{
    /// <summary>The repository.</summary>
    public required string Id { get; init; }

    /// <summary>Its kind.</summary>
    public HubRepoType RepoType { get; init; }

    /// <summary>The commit, 40 hex digits.</summary>
    public required string Commit { get; init; }

    /// <summary>The path in the repository, with <c>/</c>.</summary>
    public required string Path { get; init; }

    /// <summary>What was found.</summary>
    public required FileVerdict Verdict { get; init; }

    /// <summary>The size in bytes that the Hub lists; null where its list was not to be had.</summary>
    public long? Size { get; init; }

    /// <summary>The size in bytes that it has here; null if it is not here.</summary>
    public long? ActualSize { get; init; }

    /// <summary>The hash that it should have: SHA-256, or git's blob id for a small file; null for what the repository does not have.</summary>
    public string? Hash { get; init; }

    /// <summary>True if it was wrong and has been fetched again.</summary>
    public bool IsRepaired { get; init; }

    /// <summary>The cache that it lies in.</summary>
    public required string CacheDir { get; init; }

    /// <summary>The rig that it is on; null is this machine.</summary>
    public GpuRig? Rig { get; init; }

    /// <summary>The path and the verdict.</summary>
    public override string ToString() => $"{Path}: {Verdict}";
}
