namespace LlmOps.Ssh.Authentication;

/// <summary>The names under which a key can sign.</summary>
internal static class KeyAlgorithms
{
    private const string RsaCertificate = "ssh-rsa-cert-v01@openssh.com";
    private const string Rsa = "ssh-rsa";

    /// <summary>The signature algorithms of a key type, best first. RSA with SHA-1 is never offered (RFC 8332).</summary>
    public static IReadOnlyList<string> Of(string keyType) => keyType switch
    {
        Rsa => ["rsa-sha2-512", "rsa-sha2-256"],
        RsaCertificate => ["rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-256-cert-v01@openssh.com"],
        _ => [keyType],
    };

    /// <summary>Whether an algorithm is one that is never offered.</summary>
    public static bool IsObsolete(string algorithm) => algorithm is Rsa or RsaCertificate;
}
