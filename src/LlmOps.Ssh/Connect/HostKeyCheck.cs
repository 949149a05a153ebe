using LlmOps.Ssh.OpenSsh;
using Renci.SshNet.Common;
using Renci.SshNet.Security;

namespace LlmOps.Ssh.Connect;

/// <summary>Judges the server's key during the key exchange. It only judges: nobody is asked while the server waits.</summary>
/// <param name="known">What known_hosts says about the host.</param>
internal sealed class HostKeyCheck(KnownHosts known)
{
    /// <summary>The verdict; null if the server has shown no key yet.</summary>
    public HostKeyVerdict? Verdict { get; private set; }

    /// <summary>Handles SSH.NET's event.</summary>
    public void Judge(object? sender, HostKeyEventArgs shown)
    {
        Verdict = known.Judge(new HostKey(shown.HostKey), shown.Certificate is { } certificate && IsFor(certificate, known.Principal) ? new HostKey(certificate.CertificateAuthorityKey) : null);
        shown.CanTrust = Verdict.IsTrusted;
    }

    // SSH.NET has verified the signatures and the validity period before it shows the certificate.
    private static bool IsFor(Certificate certificate, string host) =>
        certificate.Type == Certificate.CertificateType.Host
        && certificate.CriticalOptions.Count == 0
        && certificate.ValidPrincipals.Any(principal => HostPattern.Matches(host, principal.ToLowerInvariant()));
}
