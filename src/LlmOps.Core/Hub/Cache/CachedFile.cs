namespace LlmOps.Hub;

/// <summary>A file of a commit in the cache.</summary>
/// <param name="Path">Its path in the repository, with <c>/</c>.</param>
/// <param name="Pointer">Where it lies in the snapshot.</param>
/// <param name="Content">Where its bytes are: what the pointer leads to, or the pointer itself where there are no links.</param>
internal sealed record CachedFile(string Path, string Pointer, string Content)
{
    /// <summary>The size in bytes; null if the bytes are gone.</summary>
    public long? Size => new FileInfo(Content) is { Exists: true } info ? info.Length : null;

    /// <summary>The hash that the content's name says it has; null where it lies under its own name.</summary>
    public string? ETag => System.IO.Path.GetFileName(Content) is var name && (LowerHex.Is(name, LowerHex.Sha1Length) || LowerHex.Is(name, LowerHex.Sha256Length)) && Content != Pointer ? name : null;

    /// <summary>What the Hub would list, as far as the content's name tells it; null where it tells nothing.</summary>
    public HubFile? Listed => ETag switch
    {
        null => null,
        { Length: LowerHex.Sha256Length } sha256 => new HubFile(Path, Size ?? 0, "", sha256),
        var blobId => new HubFile(Path, Size ?? 0, blobId),
    };
}
