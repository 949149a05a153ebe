using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace LlmOps.Hub;

/// <summary>
/// Sends requests to the Hub and to the hosts that hold its files. HTTP/1.1, so that each range has a connection of its own; nothing is
/// decompressed; redirects are left to the caller, since a token must not follow them to another host.
/// </summary>
internal sealed class HubHttp : IDisposable
{
    private static readonly ProductInfoHeaderValue Agent = new("LlmOps", typeof(HubHttp).Assembly.GetName().Version?.ToString(3));

    private readonly HttpClient _http;
    private readonly bool _isTokenGiven;
    private string? _token;
    private readonly TimeSpan _headerLimit;

    /// <summary>Prepares it for the Hub, the proxies and the certificates that the environment names.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="token">The token for the Hub, or null.</param>
    /// <param name="isTokenGiven">True if the token was given for this download: then it is never left out.</param>
    /// <param name="headerLimit">How long an answer may take to begin.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="LlmOpsException"><c>HubEndpointInvalid</c>, <c>HubVariableInvalid</c>, <c>HubCertificatesUnreadable</c>.</exception>
    public HubHttp(HubEnvironment environment, string? token, bool isTokenGiven, TimeSpan headerLimit, TimeProvider time)
    {
        Pace = new HubPace(time);
        Endpoint = environment.Endpoint;
        _token = token;
        _isTokenGiven = isTokenGiven;
        _headerLimit = headerLimit;
        var proxy = HubProxy.From(environment);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = proxy is not null,
            Proxy = proxy,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxConnectionsPerServer = int.MaxValue,
            ConnectCallback = ConnectAsync,
        };
        if (ExtraAuthorities.From(environment) is { } authorities) handler.SslOptions.RemoteCertificateValidationCallback = authorities.Trusts;
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Endpoint { get; }

    /// <summary>Holds requests back as the hosts ask.</summary>
    public HubPace Pace { get; }

    public bool HasToken => _token is not null;

    /// <summary>True if the Hub did not know the token that this machine has for itself; from then on requests go without one.</summary>
    public bool IsTokenRefused { get; private set; }

    /// <summary>True if the token may go there: the Hub's own host and port, and never from https down to http.</summary>
    public bool IsHub(Uri address) => address.Authority == Endpoint.Authority && (address.Scheme == Endpoint.Scheme || address.Scheme == Uri.UriSchemeHttps);

    /// <summary>True if an address keeps the promise of the Hub's own: https, if that has it.</summary>
    public bool IsAsSafe(Uri address) => address.Scheme == Uri.UriSchemeHttps || Endpoint.Scheme == Uri.UriSchemeHttp;

    /// <summary>Sends a GET and returns when the headers are there.</summary>
    /// <param name="address">The address. The token goes along if it is the Hub's.</param>
    /// <param name="range">The bytes to ask for, or null for all.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="HubTransientException">The network or the peer failed.</exception>
    /// <exception cref="LlmOpsException"><c>HubProxyRefused</c>, <c>HubCertificateUntrusted</c>.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri address, RangeHeaderValue? range, CancellationToken cancel)
    {
        var token = IsHub(address) ? _token : null;
        var response = await GetAsync(address, range, token, cancel).ConfigureAwait(false);
        if (token is null || _isTokenGiven || !HubAnswer.IsTokenRefused(response)) return response;
        // A token that has expired would close even what is open to all.
        response.Dispose();
        (_token, IsTokenRefused) = (null, true);
        return await GetAsync(address, range, null, cancel).ConfigureAwait(false);
    }

    /// <summary>Sends a GET with another token than the Hub's, or none, and returns when the headers are there.</summary>
    /// <param name="address">The address.</param>
    /// <param name="range">The bytes to ask for, or null for all.</param>
    /// <param name="token">The token for this address, or null.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="HubTransientException">The network or the peer failed.</exception>
    /// <exception cref="LlmOpsException"><c>HubProxyRefused</c>, <c>HubCertificateUntrusted</c>.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri address, RangeHeaderValue? range, string? token, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.UserAgent.Add(Agent);
        request.Headers.AcceptEncoding.ParseAdd("identity");
        request.Headers.Range = range;
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        await Pace.EnterAsync(address, cancel).ConfigureAwait(false);
        HttpResponseMessage? response = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_headerLimit);
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.ProxyAuthenticationRequired) return response;
            response.Dispose();
            throw HubErrors.ProxyRefused(address, null);
        }
        catch (HttpRequestException refused) when (refused is { HttpRequestError: HttpRequestError.ProxyTunnelError, StatusCode: HttpStatusCode.ProxyAuthenticationRequired })
        {
            throw HubErrors.ProxyRefused(address, refused);
        }
        catch (HttpRequestException untrusted) when (untrusted.InnerException is AuthenticationException reason && reason.Message.Contains("remote certificate", StringComparison.OrdinalIgnoreCase))
        {
            throw HubErrors.CertificateUntrusted(address, reason);
        }
        catch (Exception failure) when (IsNetwork(failure) || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new HubTransientException(HubErrors.Unreachable(address, failure is OperationCanceledException ? $"nothing came for {_headerLimit.TotalSeconds:0} s" : Innermost(failure), failure));
        }
        finally
        {
            Pace.Leave(address, response);
        }
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancel).ConfigureAwait(false);
            ReceiveWindow.Fit(socket);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>True for what a broken network throws.</summary>
    public static bool IsNetwork(Exception failure) => failure is HttpRequestException or IOException;

    /// <summary>The text that says what broke.</summary>
    public static string Innermost(Exception failure) => failure.GetBaseException().Message;

    public void Dispose() => _http.Dispose();
}
