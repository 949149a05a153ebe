using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LlmOps.Testing;

namespace LlmOps.Hub.Tests;

/// <summary>Downloads over TLS from a server whose certificate an authority of the test has signed.</summary>
public sealed class CertificateTests : IAsyncDisposable
{
    private readonly X509Certificate2 _authority = Authority("CN=Acme Root");
    private readonly HubFixture _fixture = new(FakeRepo.Typical(100_000));
    private readonly List<SocketServer> _servers = [];

    [Theory]
    [InlineData("SSL_CERT_FILE")]
    [InlineData("REQUESTS_CA_BUNDLE")]
    [InlineData("CURL_CA_BUNDLE")]
    public async Task An_authority_of_ones_own_is_trusted(string variable)
    {
        Secure("localhost", _authority);
        _fixture.Set(variable, Pem(_authority));
        _fixture.AssertComplete((await _fixture.GetAsync()).Path);
    }

    [Theory]
    [InlineData("SSL_CERT_DIR")]
    [InlineData("REQUESTS_CA_BUNDLE")]
    public async Task A_folder_of_authorities_will_do(string variable)
    {
        Secure("localhost", _authority);
        var folder = Path.GetDirectoryName(Pem(_authority))!;
        File.WriteAllText(Path.Join(folder, "README"), "no certificate");
        _fixture.Set(variable, folder);
        _fixture.AssertComplete((await _fixture.GetAsync()).Path);
    }

    [Fact]
    public async Task A_server_that_nobody_vouches_for_is_refused_at_once()
    {
        Secure("localhost", _authority);
        Assert.Equal(("HubCertificateUntrusted", ErrorKind.SecurityError), await RefusalAsync());
        _fixture.Set("SSL_CERT_FILE", Pem(Authority("CN=Another")));
        Assert.Equal(("HubCertificateUntrusted", ErrorKind.SecurityError), await RefusalAsync());
        Assert.Empty(_fixture.Hub.Log);
    }

    [Fact]
    public async Task The_certificate_of_another_name_is_refused_whoever_signed_it()
    {
        Secure("elsewhere.example", _authority);
        _fixture.Set("SSL_CERT_FILE", Pem(_authority));
        Assert.Equal(("HubCertificateUntrusted", ErrorKind.SecurityError), await RefusalAsync());
    }

    [Theory]
    [InlineData("missing.pem")]
    [InlineData("token")]
    public async Task A_file_without_certificates_is_named(string name)
    {
        var path = Path.Join(_fixture.Folder, name);
        if (name == "token") File.WriteAllText(path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        _fixture.Set("SSL_CERT_FILE", path);
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => _fixture.GetAsync());
        Assert.Equal(("HubCertificatesUnreadable", path), (failure.ErrorId, failure.Target));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
        _fixture.Dispose();
        _authority.Dispose();
    }

    private async Task<(string, ErrorKind)> RefusalAsync()
    {
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => _fixture.GetAsync());
        return (failure.ErrorId, failure.Kind);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private string Pem(X509Certificate2 authority)
    {
        var folder = Directory.CreateDirectory(Path.Join(_fixture.Folder, "authorities")).FullName;
        var path = Path.Join(folder, "root.pem");
        File.WriteAllText(path, authority.ExportCertificatePem());
        return path;
    }

    /// <summary>Puts TLS before the fake Hub, and makes that the Hub.</summary>
    private void Secure(string name, X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3, 4]);
        using var paired = signed.CopyWithPrivateKey(key);
        var certificate = X509CertificateLoader.LoadPkcs12(paired.Export(X509ContentType.Pkcs12), null);
        var hub = new Uri(_fixture.Hub.Endpoint);
        var server = new SocketServer(async socket =>
        {
            try
            {
                await using var tls = new SslStream(new NetworkStream(socket));
                await tls.AuthenticateAsServerAsync(certificate);
                using var onward = new TcpClient();
                await onward.ConnectAsync(IPAddress.Loopback, hub.Port);
                await Task.WhenAny(tls.CopyToAsync(onward.GetStream()), onward.GetStream().CopyToAsync(tls));
            }
            catch (Exception refused) when (refused is IOException or System.Security.Authentication.AuthenticationException)
            {
            }
        });
        _servers.Add(server);
        _fixture.Set("HF_ENDPOINT", $"https://localhost:{server.Port}");
    }
}
