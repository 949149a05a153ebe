using System.Net;
using System.Text;
using System.Text.Json;

namespace LlmOps.Tunnels.Gateway;

/// <summary>What a gateway says itself, as OpenAI's API would: a list of models, or an error.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">JSON.</param>
internal sealed record GatewayAnswer(HttpStatusCode Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>The models of all servers.</summary>
    /// <param name="models">Their names, and the servers that list them.</param>
    /// <param name="since">When the gateway was opened.</param>
    public static GatewayAnswer Models(IReadOnlyList<(string Model, string Server)> models, DateTimeOffset since) => Of(HttpStatusCode.OK, json =>
    {
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var (model, server) in models)
        {
            json.WriteStartObject();
            json.WriteString("id", model);
            json.WriteString("object", "model");
            json.WriteNumber("created", since.ToUnixTimeSeconds());
            json.WriteString("owned_by", server);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>What came is no request of HTTP/1.1.</summary>
    /// <param name="why">Why not.</param>
    public static GatewayAnswer BadRequest(string why) => Error(HttpStatusCode.BadRequest, "invalid_request_error", why);

    /// <summary>The client has shown no key of the servers here.</summary>
    public static GatewayAnswer Unauthorized() => Error(HttpStatusCode.Unauthorized, "invalid_api_key", "The servers behind this address ask for an API key, and this is none of theirs.");

    /// <summary>No server here has the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="known">Those that there are.</param>
    public static GatewayAnswer ModelNotFound(string model, IEnumerable<string> known) =>
        Error(HttpStatusCode.NotFound, "model_not_found", $"No server behind this address has the model '{model}'. There are: {string.Join(", ", known.DefaultIfEmpty("none"))}.");

    /// <summary>No server answered the request.</summary>
    /// <param name="asked">Those that were asked.</param>
    public static GatewayAnswer Unavailable(IEnumerable<string> asked) =>
        Error(HttpStatusCode.BadGateway, "server_away", $"No server answers the request. Asked: {string.Join(", ", asked)}. Get-LlmTunnel shows how they stand.");

    private static GatewayAnswer Error(HttpStatusCode status, string code, string message) => Of(status, json =>
    {
        json.WriteStartObject("error");
        json.WriteString("message", message);
        json.WriteString("type", code);
        json.WriteString("code", code);
        json.WriteEndObject();
    });

    private static GatewayAnswer Of(HttpStatusCode status, Action<Utf8JsonWriter> write)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return new GatewayAnswer(status, body.ToArray());
    }

    /// <summary>The answer as a server would give it.</summary>
    public HttpResponseMessage ToResponse()
    {
        var response = new HttpResponseMessage(Status) { Content = new ReadOnlyMemoryContent(Body) };
        response.Content.Headers.ContentType = new("application/json");
        return response;
    }
}
