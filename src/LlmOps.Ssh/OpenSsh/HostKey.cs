using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LlmOps.Ssh.OpenSsh;

/// <summary>A public key in SSH's wire format (RFC 4253 §6.6). Equal keys have equal bytes, whatever signature algorithm was agreed on.</summary>
/// <param name="blob">The bytes.</param>
internal sealed class HostKey(byte[] blob)
{
    /// <summary>The bytes.</summary>
    public byte[] Blob { get; } = blob;

    /// <summary>The key's own type, such as <c>ssh-ed25519</c>; for RSA <c>ssh-rsa</c>, whichever signature is used.</summary>
    public string Type { get; } = ReadType(blob) ?? "";

    /// <summary>As OpenSSH shows it, such as <c>SHA256:uNiVztksCsDhcc0u9e8BrrJXVvTb3X7kb2w7B3RmrHU</c>.</summary>
    public string Fingerprint => "SHA256:" + Convert.ToBase64String(SHA256.HashData(Blob)).TrimEnd('=');

    /// <summary>The key of a base64 text; null if it is none.</summary>
    public static HostKey? TryParse(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) && ReadType(bytes.AsSpan(0, length)) is not null ? new HostKey(bytes[..length]) : null;
    }

    /// <summary>Whether this is the same key.</summary>
    public bool IsSameAs(HostKey other) => Blob.AsSpan().SequenceEqual(other.Blob);

    private static string? ReadType(ReadOnlySpan<byte> blob)
    {
        if (blob.Length < 4) return null;
        var length = BinaryPrimitives.ReadUInt32BigEndian(blob);
        return length is > 0 and < 100 && blob.Length >= 4 + length ? Encoding.ASCII.GetString(blob.Slice(4, (int)length)) : null;
    }
}
