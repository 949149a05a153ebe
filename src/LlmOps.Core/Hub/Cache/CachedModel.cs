using System.Text.Json.Serialization;
using LlmOps.Rigs;

namespace LlmOps.Hub;

/// <summary>A repository in the Hugging Face cache of this machine or of a rig.</summary>
public sealed record CachedModel
{
    /// <summary>The repository.</summary>
    public required string Id { get; init; }

    /// <summary>Its kind.</summary>
    public HubRepoType RepoType { get; init; }

    /// <summary>Its commits in the cache, the one written last first.</summary>
    public required IReadOnlyList<CachedRevision> Revisions { get; init; }

    /// <summary>What it takes on the volume in bytes: each content once, however many commits share it, and what has arrived of unfinished downloads.</summary>
    public required long Size { get; init; }

    /// <summary>The number of different contents.</summary>
    public required int FileCount { get; init; }

    /// <summary>The number of files whose download did not end.</summary>
    public int PartialCount { get; init; }

    /// <summary>What has arrived of them, in bytes.</summary>
    public long PartialSize { get; init; }

    /// <summary>When a file of it was last read, as far as the volume notes that; null if it holds none.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>When a file of it was last written; null if it holds none.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Its folder.</summary>
    public required string Path { get; init; }

    /// <summary>The cache that it lies in.</summary>
    public required string CacheDir { get; init; }

    /// <summary>The rig that it is on; null is this machine.</summary>
    public GpuRig? Rig { get; init; }

    /// <summary>The branches and tags that are known here.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Refs => [.. Revisions.SelectMany(revision => revision.Refs)];

    /// <summary>True if something of it is still to come: Get-HfModel goes on where it was.</summary>
    [JsonIgnore]
    public bool IsPartial => PartialCount > 0;

    /// <summary>The repository's name.</summary>
    public override string ToString() => Id;
}
