namespace LlmOps.Providers.Http;

/// <summary>Compares public keys by what matters of them: the algorithm and the key, not the comment.</summary>
internal static class SshKeyMaterial
{
    /// <summary>The algorithm and the key of a line; null if it is no public key.</summary>
    public static string? Of(string? line) =>
        line?.Trim() is { } text && !text.Contains('\n', StringComparison.Ordinal) && text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var algorithm, var key, ..] && IsAlgorithm(algorithm) && key.Length >= 40
            ? $"{algorithm} {key}" : null;

    /// <summary>The line, if it is one public key.</summary>
    /// <exception cref="LlmOpsException"><c>SshPublicKeyInvalid</c>.</exception>
    public static string Validate(string line) => Of(line) is null ? throw ProviderErrors.PublicKeyInvalid() : line.Trim();

    private static bool IsAlgorithm(string text) => text.StartsWith("ssh-", StringComparison.Ordinal) || text.StartsWith("ecdsa-", StringComparison.Ordinal) || text.StartsWith("sk-", StringComparison.Ordinal);
}
