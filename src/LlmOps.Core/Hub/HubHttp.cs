using System.Net;
using System.Net.Http.Headers;

namespace LlmOps.Hub;

/// <summary>
/// Sends requests to the Hub and to the hosts that hold its files. HTTP/1.1, so that each range has a connection of its own; nothing is
/// decompressed; redirects are left to the caller, since a token must not follow them to another host.
/// </summary>
internal sealed class HubHttp : IDisposable
{
    private static readonly ProductInfoHeaderValue Agent = new("LlmOps", typeof(HubHttp).Assembly.GetName().Version?.ToString(3));

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        MaxConnectionsPerServer = int.MaxValue,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly string? _token;
    private readonly TimeSpan _headerLimit;

    public HubHttp(Uri endpoint, string? token, TimeSpan headerLimit)
    {
        Endpoint = endpoint;
        _token = token;
        _headerLimit = headerLimit;
    }

    public Uri Endpoint { get; }

    public bool HasToken => _token is not null;

    /// <summary>True if the token may go there: the Hub's own host and port, and never from https down to http.</summary>
    public bool IsHub(Uri address) => address.Authority == Endpoint.Authority && (address.Scheme == Endpoint.Scheme || address.Scheme == Uri.UriSchemeHttps);

    /// <summary>True if an address keeps the promise of the Hub's own: https, if that has it.</summary>
    public bool IsAsSafe(Uri address) => address.Scheme == Uri.UriSchemeHttps || Endpoint.Scheme == Uri.UriSchemeHttp;

    /// <summary>Sends a GET and returns when the headers are there.</summary>
    /// <param name="address">The address. The token goes along if it is the Hub's.</param>
    /// <param name="range">The bytes to ask for, or null for all.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="HubTransientException">The network or the peer failed.</exception>
    public Task<HttpResponseMessage> GetAsync(Uri address, RangeHeaderValue? range, CancellationToken cancel) => GetAsync(address, range, IsHub(address) ? _token : null, cancel);

    /// <summary>Sends a GET with another token than the Hub's, or none, and returns when the headers are there.</summary>
    /// <param name="address">The address.</param>
    /// <param name="range">The bytes to ask for, or null for all.</param>
    /// <param name="token">The token for this address, or null.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="HubTransientException">The network or the peer failed.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri address, RangeHeaderValue? range, string? token, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.UserAgent.Add(Agent);
        request.Headers.AcceptEncoding.ParseAdd("identity");
        request.Headers.Range = range;
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_headerLimit);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsNetwork(failure) || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new HubTransientException(HubErrors.Unreachable(address, failure is OperationCanceledException ? $"nothing came for {_headerLimit.TotalSeconds:0} s" : Innermost(failure), failure));
        }
    }

    /// <summary>True for what a broken network throws.</summary>
    public static bool IsNetwork(Exception failure) => failure is HttpRequestException or IOException;

    /// <summary>The text that says what broke.</summary>
    public static string Innermost(Exception failure) => failure.GetBaseException().Message;

    public void Dispose() => _http.Dispose();
}
