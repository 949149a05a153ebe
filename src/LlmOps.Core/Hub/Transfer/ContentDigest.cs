using System.Security.Cryptography;
using System.Text;

namespace LlmOps.Hub;

/// <summary>The hash that names a file's content: SHA-256 for large files; for plain ones git's blob id, the SHA-1 of <c>blob &lt;size&gt;\0</c> and the content.</summary>
internal sealed class ContentDigest : IDisposable
{
    private const int BufferSize = 1024 * 1024;

    private readonly IncrementalHash _hash;

    public ContentDigest(HubFile file)
    {
        _hash = IncrementalHash.CreateHash(file.IsLarge ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (!file.IsLarge) _hash.AppendData(Encoding.ASCII.GetBytes($"blob {file.Size}\0"));
    }

    /// <summary>True if a file on disk is the one that the Hub lists.</summary>
    public static Task<bool> MatchesAsync(HubFile file, string path, CancellationToken cancel) => MatchesAsync(file, path, null, cancel);

    /// <summary>The same, and tells how many bytes it has read each time.</summary>
    public static async Task<bool> MatchesAsync(HubFile file, string path, Action<int>? read, CancellationToken cancel)
    {
        if (new FileInfo(path) is not { Exists: true } info || info.Length != file.Size) return false;
        using var digest = new ContentDigest(file);
        var buffer = new byte[BufferSize];
        var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan | FileOptions.Asynchronous);
        await using var open = content.ConfigureAwait(false);
        int count;
        while ((count = await content.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
        {
            digest.Append(buffer.AsSpan(0, count));
            read?.Invoke(count);
        }

        return digest.Finish() == file.ETag;
    }

    public void Append(ReadOnlySpan<byte> data) => _hash.AppendData(data);

    /// <summary>The hash in lower-case hex.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
