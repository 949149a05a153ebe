using System.Text.Json.Serialization;
using LlmOps.Rigs;

namespace LlmOps.Hub;

/// <summary>A file of a repository of the Hub, as seen from a place: this machine or a rig.</summary>
public sealed record HfModelFile
{
    /// <summary>The repository.</summary>
    public required string Id { get; init; }

    /// <summary>Its kind.</summary>
    public HubRepoType RepoType { get; init; }

    /// <summary>The revision that was asked for.</summary>
    public required string Revision { get; init; }

    /// <summary>The commit that the revision meant, 40 hex digits.</summary>
    public required string Commit { get; init; }

    /// <summary>The path in the repository, with <c>/</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>What it is for.</summary>
    public ModelFileKind Kind { get; init; }

    /// <summary>Which form of the model it belongs to.</summary>
    public WeightFormat Format { get; init; }

    /// <summary>For GGUF its quantization, such as <c>Q4_K_M</c>; else null.</summary>
    public string? Quantization { get; init; }

    /// <summary>True if large file storage holds it.</summary>
    public bool IsLarge { get; init; }

    /// <summary>For a file in large file storage the SHA-256 of its content; null for others, and while the Hub hides it.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The git blob id. For a file in large file storage it is the pointer's.</summary>
    public required string BlobId { get; init; }

    /// <summary>True if it is in the cache with its size.</summary>
    public bool IsCached { get; init; }

    /// <summary>True if Get-HfModel fetches it when it is told nothing but the repository.</summary>
    public bool IsDefault { get; init; }

    /// <summary>The rig whose cache was looked into; null is this machine.</summary>
    public GpuRig? Rig { get; init; }

    /// <summary>The file's name without its folders.</summary>
    [JsonIgnore]
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
