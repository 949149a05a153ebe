using LlmOps.Ssh.Connect;

namespace LlmOps.Ssh.OpenSsh;

/// <summary>What all known_hosts files together say about one host.</summary>
internal sealed class KnownHosts
{
    private const int DefaultPort = 22;

    private readonly string? _withoutPort;
    private readonly IReadOnlyList<KnownHostsEntry> _all;
    private readonly IReadOnlyList<KnownHostsEntry> _entries;

    /// <summary>Reads the files.</summary>
    /// <param name="files">The paths; a file that does not exist says nothing.</param>
    /// <param name="host">The host's name.</param>
    /// <param name="port">Its port, or null where the name is an alias that stands for host and port.</param>
    public KnownHosts(IEnumerable<string> files, string host, int? port)
    {
        Principal = host.ToLowerInvariant();
        Name = port is null or DefaultPort ? Principal : $"[{Principal}]:{port}";
        _withoutPort = Name == Principal ? null : Principal;
        _all = [.. files.Distinct(StringComparer.Ordinal).SelectMany(file => new KnownHostsFile(file).Read())];
        _entries = [.. _all.Where(entry => entry.IsFor(Name))];
    }

    /// <summary>The host as it stands in known_hosts, <c>name</c> or <c>[name]:port</c>.</summary>
    public string Name { get; }

    /// <summary>The name that a host certificate must be made out to.</summary>
    public string Principal { get; }

    /// <summary>The types of the keys that are known, to be asked for first.</summary>
    public IReadOnlyCollection<string> KeyTypes => [.. _entries.Where(entry => entry.Marker == HostKeyMarker.None).Select(entry => entry.Key.Type).Distinct()];

    /// <summary>True if certificates of the host can be verified.</summary>
    public bool HasAuthority => _entries.Any(entry => entry.Marker == HostKeyMarker.CertAuthority);

    /// <summary>Judges the key that a server shows.</summary>
    /// <param name="key">The key; of a certificate, the key that it certifies.</param>
    /// <param name="authority">The key that signed the certificate, if it is valid for this host; else null.</param>
    public HostKeyVerdict Judge(HostKey key, HostKey? authority)
    {
        foreach (var entry in _entries.Where(entry => entry.Marker == HostKeyMarker.Revoked))
            if (entry.Key.IsSameAs(key) || (authority is not null && entry.Key.IsSameAs(authority)))
                return HostKeyVerdict.Refused(SshErrors.HostKeyRevoked(Name, entry.Key.Fingerprint, entry.File, entry.Line));
        if (authority is not null && _entries.Any(entry => entry.Marker == HostKeyMarker.CertAuthority && entry.Key.IsSameAs(authority))) return HostKeyVerdict.Trusted;
        var plain = _entries.Where(entry => entry.Marker == HostKeyMarker.None).ToList();
        if (plain.Any(entry => entry.Key.IsSameAs(key))) return HostKeyVerdict.Trusted;
        if (plain.FirstOrDefault(entry => entry.Key.Type == key.Type) is { } other)
            return HostKeyVerdict.Refused(SshErrors.HostKeyChanged(Name, key.Type, other.Key.Fingerprint, key.Fingerprint, other.File, other.Line));

        // As OpenSSH does: a key that is known for the host at its default port is accepted at another port, too.
        return _withoutPort is { } name && _all.Any(entry => entry.Marker == HostKeyMarker.None && entry.IsFor(name) && entry.Key.IsSameAs(key))
            ? HostKeyVerdict.Trusted
            : HostKeyVerdict.Unknown(key);
    }
}
