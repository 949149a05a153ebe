using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security;

namespace LlmOps.Ssh.Authentication;

/// <summary>The passphrases and passwords that were typed in this process, kept in memory so that a new connection does not ask again.</summary>
internal sealed class SecretStore
{
    private readonly ConcurrentDictionary<string, SecureString> _secrets = new(StringComparer.Ordinal);

    /// <summary>The secret that goes by that name, or null.</summary>
    public string? Find(string name) => _secrets.TryGetValue(name, out var secret) ? Reveal(secret) : null;

    /// <summary>Keeps a secret that has proved right.</summary>
    public void Keep(string name, SecureString secret) => _secrets[name] = secret;

    /// <summary>Drops a secret that is wrong now.</summary>
    public void Forget(string name) => _secrets.TryRemove(name, out _);

    /// <summary>The text of a secret, for a library that takes nothing else.</summary>
    public static string Reveal(SecureString secret)
    {
        var pointer = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            return Marshal.PtrToStringUni(pointer, secret.Length);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(pointer);
        }
    }
}
