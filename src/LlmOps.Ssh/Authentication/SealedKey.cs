using Renci.SshNet.Security;

namespace LlmOps.Ssh.Authentication;

/// <summary>An encrypted key whose public half is known: it can be offered, and is opened only when the server wants it.</summary>
/// <param name="algorithm">The signature algorithm.</param>
/// <param name="publicKey">The public key or certificate that is offered.</param>
/// <param name="open">Asks for the passphrase and returns what the key can sign with.</param>
internal sealed class SealedKey(string algorithm, byte[] publicKey, Func<IEnumerable<HostAlgorithm>> open) : HostAlgorithm(algorithm)
{
    public override byte[] Data => publicKey;

    public override byte[] Sign(byte[] data) => open().First(key => key.Name == Name).Sign(data);

    public override bool VerifySignature(byte[] data, byte[] signature) => throw new NotSupportedException("A user's key signs.");
}
