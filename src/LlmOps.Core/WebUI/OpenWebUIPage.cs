using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LlmOps.Chat;

namespace LlmOps.WebUI;

/// <summary>
/// Speaks with a running Open WebUI as its own page does: <c>GET /health</c>, <c>POST /api/v1/auths/signin</c>, <c>GET /api/models</c> (docs.openwebui.com, "API Endpoints").
/// </summary>
/// <param name="handler">Sends the requests; shared.</param>
public sealed class OpenWebUIPage(HttpMessageHandler handler)
{
    private readonly HttpMessageInvoker _http = new(handler, disposeHandler: false);

    /// <summary>True where the page answers.</summary>
    internal async Task<bool> AnswersAsync(Uri page, CancellationToken cancel) => await SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(page, "health")), cancel).ConfigureAwait(false) is not null;

    /// <summary>Signs in, and gives the token; null where that is refused. Without sign-in any name will do.</summary>
    internal async Task<string?> SignInAsync(Uri page, string email, string password, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("email", email);
            json.WriteString("password", password);
            json.WriteEndObject();
        }

        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(page, "api/v1/auths/signin"))
        {
            Content = new ByteArrayContent(body.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        return Parse(await SendAsync(request, cancel).ConfigureAwait(false)).Member("token").Text();
    }

    /// <summary>The ids of the models that the page offers; empty where it can't get them.</summary>
    internal async Task<IReadOnlyList<string>> ListModelsAsync(Uri page, string token, CancellationToken cancel)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(page, "api/models?refresh=true")) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        var data = Parse(await SendAsync(request, cancel).ConfigureAwait(false)).Member("data");
        return data.ValueKind == JsonValueKind.Array ? [.. data.EnumerateArray().Select(model => model.Member("id").Text()).OfType<string>()] : [];
    }

    private static JsonElement Parse(string? body)
    {
        try
        {
            using var document = JsonDocument.Parse(body ?? "null");
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private async Task<string?> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using (request)
        {
            try
            {
                using var response = await _http.SendAsync(request, cancel).ConfigureAwait(false);
                var body = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
                return response.StatusCode == HttpStatusCode.OK ? Encoding.UTF8.GetString(body) : null;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or IOException)
            {
                return null;
            }
        }
    }
}
