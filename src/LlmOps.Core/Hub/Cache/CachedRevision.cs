namespace LlmOps.Hub;

/// <summary>One commit of a repository in the cache.</summary>
public sealed record CachedRevision
{
    /// <summary>The commit, 40 hex digits.</summary>
    public required string Commit { get; init; }

    /// <summary>The branches and tags that mean it here.</summary>
    public required IReadOnlyList<string> Refs { get; init; }

    /// <summary>The folder with its files.</summary>
    public required string Path { get; init; }

    /// <summary>The size of its files in bytes, each content once.</summary>
    public required long Size { get; init; }

    /// <summary>The number of its files.</summary>
    public required int FileCount { get; init; }

    /// <summary>When a file of it was last written.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>The branches and tags, or the beginning of the commit.</summary>
    public override string ToString() => Refs.Count > 0 ? string.Join(", ", Refs) : Commit[..8];
}
