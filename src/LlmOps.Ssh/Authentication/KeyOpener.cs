using LlmOps.Ssh.OpenSsh;
using Renci.SshNet;
using Renci.SshNet.Security;

namespace LlmOps.Ssh.Authentication;

/// <summary>Turns key files into what SSH.NET can sign with, and asks for passphrases as late as possible.</summary>
/// <param name="secrets">The passphrases that are known.</param>
/// <param name="questioner">Asks for the others.</param>
internal sealed class KeyOpener(SecretStore secrets, Questioner questioner)
{
    private const int Tries = 3;

    /// <summary>What a key file can sign with; none if it can't be opened without a passphrase that nobody can give.</summary>
    /// <param name="file">The file.</param>
    /// <param name="certificate">A certificate for the key, or null.</param>
    public IReadOnlyList<HostAlgorithm> Open(KeyFile file, string? certificate)
    {
        if (!file.IsEncrypted) return Usable(Load(file.Path, null, certificate));
        if (file.PublicKey is not { } publicKey) return Usable(Decrypt(file.Path, certificate));
        IEnumerable<HostKey> offers = certificate is not null && KeyFile.ReadPublic(File.ReadAllText(certificate)) is { } signed ? [signed, publicKey] : [publicKey];
        var opened = new Lazy<IReadOnlyList<HostAlgorithm>>(() => Usable(Decrypt(file.Path, certificate)), LazyThreadSafetyMode.None);
        return [.. offers.SelectMany(offer => KeyAlgorithms.Of(offer.Type).Select(name => new SealedKey(name, offer.Blob, () => opened.Value)))];
    }

    private static IReadOnlyList<HostAlgorithm> Usable(PrivateKeyFile key) => [.. key.HostKeyAlgorithms.Where(algorithm => !KeyAlgorithms.IsObsolete(algorithm.Name))];

    private static PrivateKeyFile Load(string path, string? passphrase, string? certificate)
    {
        try
        {
            return certificate is null ? new PrivateKeyFile(path, passphrase) : new PrivateKeyFile(path, passphrase, certificate);
        }
        catch (Exception unusable) when (passphrase is null)
        {
            throw SshErrors.IdentityFileUnreadable(path, unusable);
        }
    }

    private PrivateKeyFile Decrypt(string path, string? certificate)
    {
        if (secrets.Find(path) is { } known)
        {
            if (TryDecrypt(path, known, certificate) is { } key) return key;
            secrets.Forget(path);
        }

        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (questioner.Ask($"Passphrase for {path}", echo: false) is not { Length: > 0 } typed) throw attempt == 0 ? SshErrors.PassphraseMissing(path) : SshErrors.PassphraseWrong(path);
            if (TryDecrypt(path, SecretStore.Reveal(typed), certificate) is not { } key) continue;
            secrets.Keep(path, typed);
            return key;
        }

        throw SshErrors.PassphraseWrong(path);
    }

    private static PrivateKeyFile? TryDecrypt(string path, string passphrase, string? certificate)
    {
        try
        {
            return Load(path, passphrase, certificate);
        }
        catch (NotSupportedException unsupported)
        {
            throw SshErrors.IdentityFileUnreadable(path, unsupported);
        }
        catch (Exception wrong) when (wrong is not LlmOpsException)
        {
            return null; // each format fails in its own way on a wrong passphrase: a check value, a MAC, the padding, ASN.1
        }
    }
}
