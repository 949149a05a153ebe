namespace LlmOps.Ssh.OpenSsh;

/// <summary>What a line of known_hosts says about its key.</summary>
internal enum HostKeyMarker
{
    /// <summary>The host's own key.</summary>
    None,

    /// <summary><c>@cert-authority</c>: certificates signed by the key are good for the host.</summary>
    CertAuthority,

    /// <summary><c>@revoked</c>: the key must not be accepted.</summary>
    Revoked,
}
