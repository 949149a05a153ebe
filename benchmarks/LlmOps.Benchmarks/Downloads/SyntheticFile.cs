using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LlmOps.Benchmarks.Downloads;

/// <summary>A file of any size that takes no more room than its pattern: random bytes, repeated.</summary>
internal sealed class SyntheticFile
{
    private const int Most = 64 * 1024 * 1024;

    private readonly byte[] _pattern;

    /// <summary>Makes a file.</summary>
    /// <param name="path">Where it is in the repository.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="isLarge">True if it is kept outside of Git (LFS).</param>
    public SyntheticFile(string path, long size, bool isLarge)
    {
        Path = path;
        Size = size;
        IsLarge = isLarge;
        _pattern = new byte[(int)Math.Min(size, Most)];
        new Random(path.Sum(letter => letter)).NextBytes(_pattern);
        if (isLarge) Sha256 = Digest(HashAlgorithmName.SHA256, "");
        BlobId = isLarge ? Convert.ToHexStringLower(Sha1(Encoding.ASCII.GetBytes($"pointer to {Sha256}"))) : Digest(HashAlgorithmName.SHA1, string.Create(CultureInfo.InvariantCulture, $"blob {size}\0"));
    }

    public string Path { get; }

    public long Size { get; }

    public bool IsLarge { get; }

    /// <summary>The sha256 of a large file's content.</summary>
    public string? Sha256 { get; }

    /// <summary>Git's id: of the content, or for a large file of its pointer.</summary>
    public string BlobId { get; }

    /// <summary>What the Hub names the content by.</summary>
    public string ETag => Sha256 ?? BlobId;

    /// <summary>Bytes from an offset on, as many as lie together, at most the number given.</summary>
    public ReadOnlyMemory<byte> At(long offset, int most)
    {
        var start = (int)(offset % _pattern.Length);
        return _pattern.AsMemory(start, (int)Math.Min(Math.Min(most, _pattern.Length - start), Size - offset));
    }

    private string Digest(HashAlgorithmName algorithm, string prefix)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        hash.AppendData(Encoding.ASCII.GetBytes(prefix));
        for (long at = 0; at < Size;)
        {
            var part = At(at, Most);
            hash.AppendData(part.Span);
            at += part.Length;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

#pragma warning disable CA5350 // Git's ids are SHA-1
    private static byte[] Sha1(byte[] text) => SHA1.HashData(text);
#pragma warning restore CA5350
}
