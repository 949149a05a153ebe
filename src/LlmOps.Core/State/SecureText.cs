using System.Net;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace LlmOps.State;

/// <summary>The one way from a secret to its text and back. Take the text where it is written to the wire, and keep it nowhere.</summary>
public static class SecureText
{
    /// <summary>The text of a secret.</summary>
    /// <param name="secret">The secret.</param>
    public static string Reveal(SecureString secret) => new NetworkCredential("", secret).Password;

    /// <summary>A secret of a text; null of none.</summary>
    /// <param name="text">The text.</param>
    public static SecureString? Hide(string? text) => string.IsNullOrEmpty(text) ? null : new NetworkCredential("", text).SecurePassword;

    /// <summary>True if a text is the secret; how long the answer takes tells nothing of it but its length.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="text">The text.</param>
    public static bool AreEqual(SecureString secret, string text) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Reveal(secret)), Encoding.UTF8.GetBytes(text));
}
