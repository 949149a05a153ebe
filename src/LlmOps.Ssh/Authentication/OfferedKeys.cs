using Renci.SshNet;
using Renci.SshNet.Security;

namespace LlmOps.Ssh.Authentication;

/// <summary>Keys to offer, as SSH.NET takes them.</summary>
/// <param name="algorithms">What to sign with, in order.</param>
internal sealed class OfferedKeys(IReadOnlyCollection<HostAlgorithm> algorithms) : IPrivateKeySource
{
    public IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms => algorithms;
}
