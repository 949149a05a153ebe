namespace LlmOps.Hub;

/// <summary>Which files of which repository are wanted, and where.</summary>
public sealed record ModelRequest
{
    /// <summary>The repository, such as <c>Qwen/Qwen3-8B</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its kind.</summary>
    public HubRepoType RepoType { get; init; }

    /// <summary>A branch, a tag, <c>refs/pr/1</c> or a commit.</summary>
    public string Revision { get; init; } = "main";

    /// <summary>Patterns of which a file must match one (<see cref="FileSelection"/>); none leaves the choice to the rules for weights.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Patterns of which a file must match none.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>The GGUF quantization that is wanted, such as <c>Q4_K_M</c>; null takes the only one there is, where the repository holds nothing but GGUF.</summary>
    public string? Quantization { get; init; }

    /// <summary>True takes every file; otherwise, without <see cref="Include"/>, one of the forms that a repository holds its model in.</summary>
    public bool TakesAll { get; init; }

    /// <summary>A folder that gets the files themselves; null puts them into the cache.</summary>
    public string? LocalFolder { get; init; }

    /// <summary>The cache; null is the one that the environment names.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>How the bytes of large files come.</summary>
    public HfTransport Transport { get; init; }

    /// <summary>The token; null is the environment's own. Never shown.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// The Hub that <see cref="Token"/> is meant for; the machine that fetches uses the token with no other. Null is whichever Hub that machine
    /// asks: for a token that was given for this very download.
    /// </summary>
    public Uri? TokenEndpoint { get; init; }

    /// <summary>The repository's id.</summary>
    public override string ToString() => Id;
}
