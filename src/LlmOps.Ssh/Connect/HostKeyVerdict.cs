using LlmOps.Ssh.OpenSsh;

namespace LlmOps.Ssh.Connect;

/// <summary>Whether the key that a server shows may be trusted.</summary>
/// <param name="Failure">Why not; null if it may, and if it is only unknown.</param>
/// <param name="UnknownKey">The key, where nothing is known about it.</param>
internal sealed record HostKeyVerdict(LlmOpsException? Failure, HostKey? UnknownKey)
{
    /// <summary>The key is the known one.</summary>
    public static readonly HostKeyVerdict Trusted = new(null, null);

    /// <summary>True if the connection may go on.</summary>
    public bool IsTrusted => Failure is null && UnknownKey is null;

    /// <summary>The key must not be trusted.</summary>
    public static HostKeyVerdict Refused(LlmOpsException failure) => new(failure, null);

    /// <summary>The host has never been seen.</summary>
    public static HostKeyVerdict Unknown(HostKey key) => new(null, key);
}
