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
    public string? ETag => System.IO.Path.GetFileName(Content) is { Length: 40 or 64 } name && name.All(char.IsAsciiHexDigitLower) && Content != Pointer ? name : null;
}
