using System.Net.Http.Headers;
using System.Text.Json;
using LlmOps.Chat;
using LlmOps.State;

namespace LlmOps.Tunnels.Gateway;

/// <summary>One request of a client, with its whole body: the model's name is in it, and another server may have to be asked with it.</summary>
/// <param name="Method">The method, such as <c>POST</c>.</param>
/// <param name="Target">The path and query.</param>
/// <param name="Headers">The header fields in their order.</param>
/// <param name="Body">The body; empty where there is none.</param>
internal sealed record GatewayRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, ReadOnlyMemory<byte> Body)
{
    private const string Scheme = "Bearer ";

    // What belongs to the connection and not to the request (RFC 9110 §7.6.1), and what is written anew.
    private static readonly HashSet<string> OwnToConnection =
        new(["Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Expect", "Host"], StringComparer.OrdinalIgnoreCase);

    /// <summary>True if the client wants to use the connection again (RFC 9112 §9.3).</summary>
    public bool KeepsOpen => !string.Equals(Header("Connection"), "close", StringComparison.OrdinalIgnoreCase);

    /// <summary>The key that the client shows, or null.</summary>
    public string? Key => Header("Authorization") is { } shown && shown.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? shown[Scheme.Length..].Trim() : null;

    /// <summary>The model that the body asks for, or null.</summary>
    public string? Model
    {
        get
        {
            if (Body.IsEmpty) return null;
            try
            {
                using var document = JsonDocument.Parse(Body);
                return document.RootElement.Member("model").Text();
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>True where a field belongs to a connection and is not passed on.</summary>
    /// <param name="field">The field's name.</param>
    public static bool IsOwnToConnection(string field) => OwnToConnection.Contains(field);

    /// <summary>The value of a header field, or null.</summary>
    /// <param name="name">The field's name.</param>
    public string? Header(string name) => Headers.FirstOrDefault(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>The request as it goes to a server.</summary>
    /// <param name="backend">The server.</param>
    /// <param name="isTrusted">True where the client has shown a key of one of the servers: then this one's own key goes along.</param>
    public HttpRequestMessage To(GatewayBackend backend, bool isTrusted)
    {
        var message = new HttpRequestMessage(new HttpMethod(Method), backend.AddressOf(Target)) { Version = System.Net.HttpVersion.Version11 };
        if (!Body.IsEmpty) message.Content = new ReadOnlyMemoryContent(Body);
        foreach (var (name, value) in Headers.Where(field => !IsOwnToConnection(field.Name)))
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content?.Headers.TryAddWithoutValidation(name, value);
        if (isTrusted) message.Headers.Authorization = backend.Key is { } key ? new AuthenticationHeaderValue(Scheme.Trim(), SecureText.Reveal(key)) : null;
        return message;
    }
}
