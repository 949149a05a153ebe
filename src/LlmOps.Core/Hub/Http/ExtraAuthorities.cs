using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LlmOps.Hub;

/// <summary>
/// The certificate authorities that <c>SSL_CERT_FILE</c>, <c>SSL_CERT_DIR</c>, <c>REQUESTS_CA_BUNDLE</c> and <c>CURL_CA_BUNDLE</c> name: a company's own, say,
/// whose proxy reads along. They are trusted in addition to the system's.
/// </summary>
internal sealed class ExtraAuthorities
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";

    private readonly X509Certificate2Collection _certificates;

    private ExtraAuthorities(X509Certificate2Collection certificates) => _certificates = certificates;

    /// <summary>Reads them; null if none is named.</summary>
    /// <exception cref="LlmOpsException"><c>HubCertificatesUnreadable</c>.</exception>
    public static ExtraAuthorities? From(HubEnvironment environment)
    {
        var found = new X509Certificate2Collection();
        foreach (var variable in new[] { "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE" })
            if (environment.Value(variable) is { } path) Read(variable, environment.Expand(path), found);
        foreach (var folder in environment.Value("SSL_CERT_DIR")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? []) ReadFolder("SSL_CERT_DIR", environment.Expand(folder), found);
        return found.Count > 0 ? new ExtraAuthorities(found) : null;
    }

    /// <summary>Decides on a server's certificate: what the system trusts is trusted, and what one of these has signed for the server's name.</summary>
    public bool Trusts(object sender, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 server) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_certificates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerUse));
        if (presented is not null)
        {
            foreach (var element in presented.ChainElements) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        }

        return chain.Build(server);
    }

    private static void Read(string variable, string path, X509Certificate2Collection found)
    {
        if (Directory.Exists(path))
        {
            ReadFolder(variable, path, found);
            return;
        }

        try
        {
            found.ImportFromPemFile(path);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw HubErrors.CertificatesUnreadable(variable, path, unusable);
        }
    }

    private static void ReadFolder(string variable, string path, X509Certificate2Collection found)
    {
        try
        {
            foreach (var file in Directory.EnumerateFiles(path))
            {
                try
                {
                    found.ImportFromPemFile(file);
                }
                catch (Exception other) when (other is CryptographicException or IOException)
                {
                    // A folder of certificates holds other files too: lists of revocations, links that lead nowhere.
                }
            }
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw HubErrors.CertificatesUnreadable(variable, path, unusable);
        }
    }
}
