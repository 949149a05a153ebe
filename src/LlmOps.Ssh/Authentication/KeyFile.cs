using System.Buffers.Binary;
using System.Text;
using LlmOps.Ssh.OpenSsh;

namespace LlmOps.Ssh.Authentication;

/// <summary>What can be told about a key file without its passphrase: whether it needs one, and often the public key.</summary>
internal sealed class KeyFile
{
    private const string OpenSshHeader = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private const string OpenSshFooter = "-----END OPENSSH PRIVATE KEY-----";

    private static readonly byte[] Magic = "openssh-key-v1\0"u8.ToArray();

    private KeyFile(string path, bool isEncrypted, bool isPrivate, HostKey? publicKey)
    {
        Path = path;
        IsEncrypted = isEncrypted;
        IsPrivate = isPrivate;
        PublicKey = publicKey;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>True if a passphrase is needed.</summary>
    public bool IsEncrypted { get; }

    /// <summary>False for a public key, whose private half is with the agent.</summary>
    public bool IsPrivate { get; }

    /// <summary>The public key, where it can be read without a passphrase.</summary>
    public HostKey? PublicKey { get; }

    /// <summary>Looks at a file.</summary>
    /// <exception cref="LlmOpsException"><c>IdentityFileUnreadable</c>.</exception>
    public static KeyFile Read(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            if (ReadPublic(text) is { } itself) return new KeyFile(path, false, false, itself);
            var sibling = File.Exists(path + ".pub") ? ReadPublic(File.ReadAllText(path + ".pub")) : null;
            var (encrypted, inside) = Inspect(text);
            return new KeyFile(path, encrypted, true, inside ?? sibling);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw SshErrors.IdentityFileUnreadable(path, unreadable);
        }
    }

    /// <summary>The key of a line such as <c>ssh-ed25519 AAAA… comment</c>; null if it is none.</summary>
    public static HostKey? ReadPublic(string text) =>
        text.Split(['\n'], 2)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var type, var base64, ..] && HostKey.TryParse(base64.Trim()) is { } key && key.Type == type ? key : null;

    private static (bool Encrypted, HostKey? PublicKey) Inspect(string text)
    {
        if (text.StartsWith("PuTTY-User-Key-File", StringComparison.Ordinal)) return (!text.Contains("\nEncryption: none", StringComparison.Ordinal), PuttyPublic(text));
        var start = text.IndexOf(OpenSshHeader, StringComparison.Ordinal);
        if (start < 0) return (text.Contains("ENCRYPTED", StringComparison.Ordinal), null);
        start += OpenSshHeader.Length;
        var end = text.IndexOf(OpenSshFooter, start, StringComparison.Ordinal);
        var base64 = end < 0 ? "" : string.Concat(text[start..end].Where(letter => !char.IsWhiteSpace(letter)));
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length) || !bytes.AsSpan(0, length).StartsWith(Magic)) return (false, null);
        var rest = bytes.AsSpan(Magic.Length, length - Magic.Length);
        var cipher = Next(ref rest);
        _ = Next(ref rest); // how the passphrase becomes a key
        _ = Next(ref rest); // and its parameters
        if (rest.Length < 4) return (false, null);
        rest = rest[4..]; // the number of keys: always one
        var blob = Next(ref rest);
        return (Encoding.ASCII.GetString(cipher) != "none", HostKey.TryParse(Convert.ToBase64String(blob)));
    }

    private static HostKey? PuttyPublic(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries);
        var at = Array.FindIndex(lines, line => line.StartsWith("Public-Lines:", StringComparison.Ordinal));
        return at >= 0 && int.TryParse(lines[at]["Public-Lines:".Length..], out var count) && count > 0 && count < lines.Length - at
            ? HostKey.TryParse(string.Concat(lines.Skip(at + 1).Take(count)))
            : null;
    }

    private static ReadOnlySpan<byte> Next(ref Span<byte> rest)
    {
        if (rest.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(rest) > (uint)(rest.Length - 4)) return rest = default;
        var length = (int)BinaryPrimitives.ReadUInt32BigEndian(rest);
        var field = rest.Slice(4, length);
        rest = rest[(4 + length)..];
        return field;
    }
}
