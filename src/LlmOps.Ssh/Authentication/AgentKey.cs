using LlmOps.Ssh.OpenSsh;
using Renci.SshNet.Security;

namespace LlmOps.Ssh.Authentication;

/// <summary>A key that an agent holds.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Key">The public key or certificate.</param>
/// <param name="Comment">What its owner called it.</param>
internal sealed record AgentKey(SshAgent Agent, HostKey Key, string Comment)
{
    /// <summary>What the key can sign with.</summary>
    public IEnumerable<HostAlgorithm> Algorithms => KeyAlgorithms.Of(Key.Type).Select(name => new Signer(name, this));

    private sealed class Signer(string algorithm, AgentKey owner) : HostAlgorithm(algorithm)
    {
        public override byte[] Data => owner.Key.Blob;

        public override byte[] Sign(byte[] data) =>
            owner.Agent.Sign(owner.Key, data, Name.StartsWith("rsa-sha2-512", StringComparison.Ordinal) ? 4u : Name.StartsWith("rsa-sha2-256", StringComparison.Ordinal) ? 2u : 0);

        public override bool VerifySignature(byte[] data, byte[] signature) => throw new NotSupportedException("A user's key signs.");
    }
}
