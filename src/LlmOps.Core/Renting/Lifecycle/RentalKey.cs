using System.Security.Cryptography;
using System.Text;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>The SSH key that opens a rented machine, and the file in which that machine's host key is pinned.</summary>
/// <param name="IdentityFile">The private key.</param>
/// <param name="PublicKey">The public key, as one line of <c>authorized_keys</c>.</param>
/// <param name="IsOwn">True if it was made for this machine alone.</param>
public sealed record RentalKey(string IdentityFile, string PublicKey, bool IsOwn)
{
    private const int Bits = 3072;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a key: RSA, which every provider's form accepts, in PKCS#1 (RFC 8017), which every SSH client reads.</summary>
    /// <param name="home">Where it is kept, mode 0600.</param>
    /// <param name="rental">The rental that it is for.</param>
    public static RentalKey Make(LlmOpsHome home, string rental)
    {
        using var rsa = RSA.Create(Bits);
        var path = Path.Join(home.Keys, rental);
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(rsa.ExportRSAPrivateKeyPem() + "\n"), OwnerOnly);
        var line = PublicLine(rsa.ExportParameters(includePrivateParameters: false), $"llmops-{rental}");
        AtomicFile.Write(path + ".pub", Encoding.ASCII.GetBytes(line + "\n"));
        return new RentalKey(path, line, true);
    }

    /// <summary>Takes a key that the user has.</summary>
    /// <param name="path">The private key; the public one lies beside it.</param>
    /// <exception cref="LlmOpsException"><c>PublicKeyMissing</c>, <c>IdentityFileNotFound</c>.</exception>
    public static RentalKey Of(string path)
    {
        if (!File.Exists(path)) throw SshErrors.IdentityFileNotFound(path);
        var lines = File.Exists(path + ".pub") ? File.ReadLines(path + ".pub").Select(line => line.Trim()).Where(line => line.Length > 0).ToList() : [];
        return lines is [var only] && only.Split(' ') is [var type, _, ..] && type.Contains('-', StringComparison.Ordinal)
            ? new RentalKey(path, only, false)
            : throw RentalErrors.PublicKeyMissing(path);
    }

    /// <summary>The file in which the host key of a rental's machine is pinned.</summary>
    /// <param name="home">Where it is kept.</param>
    /// <param name="rental">The rental.</param>
    public static string KnownHosts(LlmOpsHome home, string rental) => Path.Join(home.Keys, rental + ".known_hosts");

    /// <summary>Deletes what is kept for a rental that is over.</summary>
    /// <param name="home">Where it is kept.</param>
    /// <param name="rental">The rental.</param>
    public static void Forget(LlmOpsHome home, Rental rental)
    {
        if (!Directory.Exists(home.Keys)) return; // a rental that was never reached, with the user's own key, has nothing there
        File.Delete(KnownHosts(home, rental.Id));
        if (rental.Terms is { OwnsKey: true, IdentityFile: { } path }) new RentalKey(path, "", true).Forget();
    }

    /// <summary>Deletes the key if it was made for one machine alone.</summary>
    public void Forget()
    {
        if (!IsOwn) return;
        File.Delete(IdentityFile);
        File.Delete(IdentityFile + ".pub");
    }

    // RFC 4253, section 6.6: the name, the exponent and the modulus, each with its length before it.
    private static string PublicLine(RSAParameters key, string comment)
    {
        using var blob = new MemoryStream();
        foreach (var part in new[] { "ssh-rsa"u8.ToArray(), Number(key.Exponent!), Number(key.Modulus!) })
        {
            blob.Write([(byte)(part.Length >> 24), (byte)(part.Length >> 16), (byte)(part.Length >> 8), (byte)part.Length]);
            blob.Write(part);
        }

        return $"ssh-rsa {Convert.ToBase64String(blob.ToArray())} {comment}";
    }

    private static byte[] Number(byte[] bigEndian) => (bigEndian[0] & 0x80) == 0 ? bigEndian : [0, .. bigEndian];
}
