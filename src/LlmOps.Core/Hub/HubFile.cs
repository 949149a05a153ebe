namespace LlmOps.Hub;

/// <summary>A file of a repository at a commit, as the Hub lists it.</summary>
/// <param name="Path">The path in the repository, with <c>/</c>.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="BlobId">The git blob id: SHA-1, 40 hex digits. For a file in large file storage it is the pointer's, not the content's.</param>
/// <param name="Sha256">For a file in large file storage the SHA-256 of its content, 64 hex digits; else null.</param>
/// <param name="XetHash">The hash that Xet storage knows the file by; null if it is not there.</param>
public sealed record HubFile(string Path, long Size, string BlobId, string? Sha256 = null, string? XetHash = null)
{
    /// <summary>True if large file storage holds it.</summary>
    public bool IsLarge => Sha256 is not null;

    /// <summary>The name of the file's content in the cache: its SHA-256 or, for a plain file, its git blob id. Empty while the Hub hides it.</summary>
    public string ETag => Sha256 ?? BlobId;

    /// <summary>True if the Hub hides the hash, as it does for those who may not read a gated repository.</summary>
    public bool IsMasked => !LowerHex.Is(ETag, IsLarge ? LowerHex.Sha256Length : LowerHex.Sha1Length);
}
