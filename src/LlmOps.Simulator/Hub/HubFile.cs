using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LlmOps.Simulator.Hub;

/// <summary>A file of a repository: its content, made when first read, and the hashes that the Hub names it by.</summary>
internal sealed class HubFile(string path, bool isLfs, Func<byte[]> make)
{
    private readonly Lazy<byte[]> _content = new(make);
    private string? _sha256;

    public HubFile(string path, string text) : this(path, false, () => Encoding.UTF8.GetBytes(text))
    {
    }

    public string Path { get; } = path;

    /// <summary>True for a file that Git keeps outside of the repository (Git LFS).</summary>
    public bool IsLfs { get; } = isLfs;

    public byte[] Content => _content.Value;

    public string Sha256 => _sha256 ??= Convert.ToHexStringLower(SHA256.HashData(Content));

    /// <summary>Git's id of the blob; for an LFS file that of its pointer.</summary>
    public string Oid => IsLfs ? GitOid(Pointer) : GitOid(Content);

    /// <summary>What a download is named by: the SHA-256 of an LFS file, else Git's id.</summary>
    public string Etag => IsLfs ? Sha256 : Oid;

    public byte[] Pointer => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"version https://git-lfs.github.com/spec/v1\noid sha256:{Sha256}\nsize {Content.Length}\n"));

#pragma warning disable CA5350 // Git's ids are SHA-1
    private static string GitOid(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0")), .. content]));
#pragma warning restore CA5350
}
