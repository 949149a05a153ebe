namespace LlmOps.Hub;

/// <summary>What to remove from a cache.</summary>
public sealed record ModelRemovalRequest
{
    /// <summary>The repository.</summary>
    public required string Id { get; init; }

    /// <summary>Its kind.</summary>
    public HubRepoType RepoType { get; init; }

    /// <summary>The branches, tags or commits to remove; none means all of it.</summary>
    public IReadOnlyList<string> Revisions { get; init; } = [];

    /// <summary>The cache; null is the one that the environment names.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>True says what it would free and removes nothing.</summary>
    public bool IsRehearsal { get; init; }
}
