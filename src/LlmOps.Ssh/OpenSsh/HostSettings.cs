namespace LlmOps.Ssh.OpenSsh;

/// <summary>How OpenSSH's configuration says a host is reached, with every token expanded.</summary>
internal sealed record HostSettings
{
    /// <summary>The real name or address.</summary>
    public required string HostName { get; init; }

    /// <summary>The TCP port.</summary>
    public int Port { get; init; } = 22;

    /// <summary>The login name.</summary>
    public required string User { get; init; }

    /// <summary>Key files to offer, in order; empty is the usual ones.</summary>
    public IReadOnlyList<string> IdentityFiles { get; init; } = [];

    /// <summary>Certificates to offer.</summary>
    public IReadOnlyList<string> CertificateFiles { get; init; } = [];

    /// <summary>True if keys of the agent that are not in <see cref="IdentityFiles"/> are not offered.</summary>
    public bool IdentitiesOnly { get; init; }

    /// <summary>The agent's socket; null is the environment's, <c>none</c> is no agent.</summary>
    public string? IdentityAgent { get; init; }

    /// <summary>The hosts to go through, nearest first.</summary>
    public IReadOnlyList<JumpHost> ProxyJump { get; init; } = [];

    /// <summary>The user's known_hosts files.</summary>
    public IReadOnlyList<string> UserKnownHostsFiles { get; init; } = [];

    /// <summary>The system's known_hosts files.</summary>
    public IReadOnlyList<string> GlobalKnownHostsFiles { get; init; } = [];

    /// <summary>What to do with an unknown key: <c>ask</c>, <c>yes</c> (refuse), <c>accept-new</c>, or <c>no</c> (as accept-new: a changed key is always refused).</summary>
    public string StrictHostKeyChecking { get; init; } = "ask";

    /// <summary>The name under which the host's key is kept, or null.</summary>
    public string? HostKeyAlias { get; init; }

    /// <summary>How long to wait for the connection; null is our own limit.</summary>
    public TimeSpan? ConnectTimeout { get; init; }
}
