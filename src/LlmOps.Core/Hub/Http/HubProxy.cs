using System.Net;

namespace LlmOps.Hub;

/// <summary>
/// The proxies of <c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c>, <c>ALL_PROXY</c>, and the hosts of <c>NO_PROXY</c> that are reached without, by the rules of
/// Python's clients: lower case goes before upper case; a name stands for itself and all below it; <c>*</c> for all.
/// </summary>
internal sealed class HubProxy : IWebProxy
{
    private readonly Uri? _http;
    private readonly Uri? _https;
    private readonly string[] _direct;
    private readonly CredentialCache _logins = new();

    private HubProxy(HubEnvironment environment)
    {
        var all = Read(environment, "ALL_PROXY");
        _http = Read(environment, "HTTP_PROXY") ?? all;
        _https = Read(environment, "HTTPS_PROXY") ?? all;
        _direct = (environment.Value("no_proxy") ?? environment.Value("NO_PROXY") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Credentials = _logins;
    }

    public ICredentials? Credentials { get; set; }

    /// <summary>The environment's proxies; the system's own where it names none and the system has a place for them; or null.</summary>
    /// <exception cref="LlmOpsException"><c>HubVariableInvalid</c>.</exception>
    public static IWebProxy? From(HubEnvironment environment)
    {
        var proxy = new HubProxy(environment);
        return proxy._http is not null || proxy._https is not null ? proxy : OperatingSystem.IsLinux() ? null : HttpClient.DefaultProxy;
    }

    public Uri? GetProxy(Uri destination) => IsDirect(destination) ? null : destination.Scheme == Uri.UriSchemeHttps ? _https : _http;

    public bool IsBypassed(Uri host) => GetProxy(host) is null;

    private bool IsDirect(Uri destination) => _direct.Any(entry => entry == "*" || Covers(entry, destination));

    private static bool Covers(string entry, Uri destination)
    {
        var port = entry.LastIndexOf(':') is > 0 and var colon && !entry.EndsWith(']') && entry.IndexOf(':', StringComparison.Ordinal) is var first && (first == colon || entry[colon - 1] == ']') ? entry[(colon + 1)..] : null;
        var name = (port is null ? entry : entry[..^(port.Length + 1)]).TrimStart('*').TrimStart('.').Trim('[', ']');
        if (port is not null && port != $"{destination.Port}") return false;
        return destination.IdnHost.Equals(name, StringComparison.OrdinalIgnoreCase)
            || (name.Length > 0 && !IPAddress.TryParse(destination.IdnHost, out _) && destination.IdnHost.EndsWith("." + name, StringComparison.OrdinalIgnoreCase));
    }

    private Uri? Read(HubEnvironment environment, string name)
    {
        if ((environment.Value(name.ToLowerInvariant()) ?? environment.Value(name))?.Trim() is not { Length: > 0 } text) return null;
        if (!text.Contains("://", StringComparison.Ordinal)) text = "http://" + text;
        // The password may be in it: the value itself is never shown.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Host.Length == 0 || address.Scheme is not ("http" or "https" or "socks4" or "socks4a" or "socks5" or "socks5h"))
            throw HubErrors.VariableInvalid(name, "an address such as http://proxy:3128");
        var scheme = address.Scheme == "socks5h" ? "socks5" : address.Scheme;
        var plain = new UriBuilder(scheme, address.Host, address.Port).Uri;
        var login = address.UserInfo.Split(':', 2);
        if (login[0].Length > 0)
        {
            foreach (var kind in new[] { "Basic", "Digest" })
            {
                _logins.Remove(plain, kind);
                _logins.Add(plain, kind, new NetworkCredential(Uri.UnescapeDataString(login[0]), login.Length > 1 ? Uri.UnescapeDataString(login[1]) : ""));
            }
        }

        return plain;
    }
}
