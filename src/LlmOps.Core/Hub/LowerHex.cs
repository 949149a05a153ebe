namespace LlmOps.Hub;

/// <summary>The letters in which git and the Hub write hashes.</summary>
internal static class LowerHex
{
    /// <summary>How many digits a SHA-1 has: a commit, or a plain file's blob id.</summary>
    public const int Sha1Length = 40;

    /// <summary>How many digits a SHA-256 has.</summary>
    public const int Sha256Length = 64;

    /// <summary>True for a full commit.</summary>
    public static bool IsCommit(string text) => Is(text, Sha1Length);

    /// <summary>True for so many digits and nothing else.</summary>
    public static bool Is(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigitLower);
}
