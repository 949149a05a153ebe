namespace LlmOps.Rigs;

/// <summary>
/// Where a rig's SSH server is, as the user said it. What is left null comes from <c>~/.ssh/config</c> at every connect, so that
/// a change there is seen.
/// </summary>
public sealed record SshDestination
{
    /// <summary>A host name, an address, or an alias of <c>~/.ssh/config</c>.</summary>
    public required string HostName { get; init; }

    /// <summary>The TCP port; null takes the configuration's, else 22.</summary>
    public int? Port { get; init; }

    /// <summary>The login name; null takes the configuration's, else the local user's.</summary>
    public string? UserName { get; init; }

    /// <summary>Paths of private keys to offer; empty takes the configuration's, the agent's and the usual files.</summary>
    public IReadOnlyList<string> IdentityFile { get; init; } = [];

    /// <summary>A known_hosts file that is read before the user's own, or null.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>An <c>ssh_config</c> file to read instead of the user's; <c>none</c> reads none; null reads <c>~/.ssh/config</c> and the system's.</summary>
    public string? ConfigFile { get; init; }

    /// <summary><c>user@host:port</c>, with the parts that are known.</summary>
    public override string ToString() =>
        (UserName is null ? "" : UserName + "@") + (HostName.Contains(':') && Port is not null ? $"[{HostName}]" : HostName) + (Port is null ? "" : ":" + Port);
}
