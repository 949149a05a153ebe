namespace LlmOps.Hub;

/// <summary>What to check in a cache.</summary>
public sealed record ModelTestRequest
{
    /// <summary>The repository.</summary>
    public required string Id { get; init; }

    /// <summary>Its kind.</summary>
    public HubRepoType RepoType { get; init; }

    /// <summary>The branches, tags or commits to check; none means all that the cache holds.</summary>
    public IReadOnlyList<string> Revisions { get; init; } = [];

    /// <summary>The cache; null is the one that the environment names.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>True deletes contents that are wrong, so that a download fetches them again.</summary>
    public bool DiscardsWrong { get; init; }

    /// <summary>The token for the list of files, where it is not in the cache; null is the environment's own. Never shown.</summary>
    public string? Token { get; init; }

    /// <summary>The Hub that <see cref="Token"/> is meant for; null is whichever Hub is asked.</summary>
    public Uri? TokenEndpoint { get; init; }

    /// <summary>The repository's id.</summary>
    public override string ToString() => Id;
}
