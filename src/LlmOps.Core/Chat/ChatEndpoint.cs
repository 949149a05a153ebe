using System.Net;
using System.Net.Http.Headers;
using System.Security;
using LlmOps.Engines;
using LlmOps.State;
using LlmOps.Tunnels;

namespace LlmOps.Chat;

/// <summary>Where an OpenAI-compatible API is, and the key to it.</summary>
/// <param name="uri">Its base address, such as <c>http://127.0.0.1:8000/v1</c>.</param>
/// <param name="apiKey">The key, or null where none is asked for.</param>
public sealed class ChatEndpoint(Uri uri, SecureString? apiKey)
{
    /// <summary>The API behind a tunnel.</summary>
    /// <param name="tunnel">The tunnel.</param>
    public ChatEndpoint(LlmTunnel tunnel)
        : this(tunnel.Uri, tunnel.GetApiKey())
    {
        Tunnel = tunnel;
    }

    /// <summary>The base address.</summary>
    public Uri Uri { get; } = uri;

    /// <summary>The tunnel that leads to it, or null.</summary>
    public LlmTunnel? Tunnel { get; }

    /// <summary>The server that was asked, where the tunnel was only opened for the asking.</summary>
    public LlmServer? Server { get; init; }

    /// <summary>The base address.</summary>
    public override string ToString() => Uri.ToString();

    /// <summary>A request to this API with its key.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path under the base address, such as <c>models</c>.</param>
    internal HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(Uri.AbsoluteUri.TrimEnd('/') + "/" + path)) { Version = HttpVersion.Version11 };
        if (apiKey is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", SecureText.Reveal(apiKey));
        return request;
    }
}
