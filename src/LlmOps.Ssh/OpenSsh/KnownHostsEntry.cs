using System.Security.Cryptography;
using System.Text;

namespace LlmOps.Ssh.OpenSsh;

/// <summary>One line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).</summary>
/// <param name="Marker">What it says.</param>
/// <param name="Hosts">The names: a list of patterns, or one hashed name <c>|1|salt|hash</c>.</param>
/// <param name="Key">The key.</param>
/// <param name="File">The file it stands in.</param>
/// <param name="Line">Its line, from 1.</param>
internal sealed record KnownHostsEntry(HostKeyMarker Marker, string Hosts, HostKey Key, string File, int Line)
{
    private const string HashedName = "|1|";

    /// <summary>The entry of a line; null for a comment, an empty line, and what OpenSSH would pass over too.</summary>
    public static KnownHostsEntry? Parse(string line, string file, int number)
    {
        var fields = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length == 0 || fields[0].StartsWith('#')) return null;
        var marker = fields[0] switch { "@revoked" => HostKeyMarker.Revoked, "@cert-authority" => HostKeyMarker.CertAuthority, _ => HostKeyMarker.None };
        if (marker != HostKeyMarker.None) fields = fields[1..];
        else if (fields[0].StartsWith('@')) return null;
        return fields.Length >= 3 && HostKey.TryParse(fields[2]) is { } key && key.Type == fields[1] ? new KnownHostsEntry(marker, fields[0], key, file, number) : null;
    }

    /// <summary>Whether the entry is about a host, given as <c>name</c> or <c>[name]:port</c>.</summary>
    public bool IsFor(string host)
    {
        host = host.ToLowerInvariant();
        return Hosts.StartsWith(HashedName, StringComparison.Ordinal) ? IsHashOf(host) : HostPattern.MatchesAny(host, Hosts.ToLowerInvariant().Split(','));
    }

    private bool IsHashOf(string host)
    {
        var salt = new byte[SHA1.HashSizeInBytes];
        var hash = new byte[SHA1.HashSizeInBytes];
        return Hosts[HashedName.Length..].Split('|') is [var saltText, var hashText]
            && Convert.TryFromBase64String(saltText, salt, out var saltLength)
            && Convert.TryFromBase64String(hashText, hash, out var hashLength) && hashLength == hash.Length
            && HMACSHA1.HashData(salt.AsSpan(0, saltLength), Encoding.UTF8.GetBytes(host)).AsSpan().SequenceEqual(hash);
    }
}
