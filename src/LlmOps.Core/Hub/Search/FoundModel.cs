namespace LlmOps.Hub;

/// <summary>A model that a search of the Hub has found.</summary>
public sealed record FoundModel
{
    /// <summary>The repository, such as <c>Qwen/Qwen3-8B</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The account or organisation; null for the few that have none.</summary>
    public string? Author { get; init; }

    /// <summary>Downloads in the last 30 days.</summary>
    public long Downloads { get; init; }

    /// <summary>Likes.</summary>
    public long Likes { get; init; }

    /// <summary>How many people look at it these days; null where the Hub does not say.</summary>
    public double? TrendingScore { get; init; }

    /// <summary>What it does, such as <c>text-generation</c>, or null.</summary>
    public string? Task { get; init; }

    /// <summary>The library it is made for, or null.</summary>
    public string? Library { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its quantizations by its tags, such as <c>awq</c> or <c>gguf</c>; null if it names none.</summary>
    public string? QuantizedAs { get; init; }

    /// <summary>The number of its parameters, from its safetensors or GGUF files; null where the Hub does not know it.</summary>
    public long? Parameters { get; init; }

    /// <summary>The size of its safetensors weights in bytes, from their types; null where the Hub does not know them.</summary>
    public long? Size { get; init; }

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>True if its conditions are to be accepted before it can be fetched.</summary>
    public bool IsGated { get; init; }

    /// <summary>True if only some accounts can see it.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>The newest commit, or null.</summary>
    public string? Commit { get; init; }

    /// <summary>The repository's name.</summary>
    public override string ToString() => Id;
}
