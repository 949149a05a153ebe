using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LlmOps.Simulator.Http;

namespace LlmOps.Simulator.OpenWebUI;

/// <summary>The few paths that tell whether Open WebUI serves, and a page with the models that it gets from inside its container.</summary>
internal sealed class OpenWebUIServer(OpenWebUISettings settings, HttpClient http)
{
    // Made anew with each start, as the real one's are without a secret of its own.
    private readonly string _token = Guid.NewGuid().ToString("N");

    public Task HandleAsync(HttpExchange exchange, CancellationToken cancel) => (exchange.Request.Method, exchange.Request.Path) switch
    {
        ("GET", "/health") => exchange.SendAsync(200, "application/json", """{"status":true}""", cancel),
        ("POST", "/api/v1/auths/signin") => SignInAsync(exchange, cancel),
        ("GET", "/api/models") when exchange.Request.BearerToken == _token => SendModelsAsync(exchange, cancel),
        ("GET", "/api/models") => exchange.SendAsync(401, "application/json", """{"detail":"Not authenticated"}""", cancel),
        ("GET", "/") => SendPageAsync(exchange, cancel),
        _ => exchange.SendAsync(404, "application/json", """{"detail":"Not Found"}""", cancel),
    };

    private Task SignInAsync(HttpExchange exchange, CancellationToken cancel)
    {
        using var body = JsonDocument.Parse(exchange.Request.Body);
        var isKnown = settings.AdminPassword.Length > 0 && body.RootElement.GetProperty("email").ValueEquals(settings.AdminEmail) && body.RootElement.GetProperty("password").ValueEquals(settings.AdminPassword);
        return !settings.Auth || isKnown
            ? exchange.SendAsync(200, "application/json", $$"""{"token":"{{_token}}","token_type":"Bearer","role":"admin"}""", cancel)
            : exchange.SendAsync(400, "application/json", """{"detail":"The email or password provided is incorrect."}""", cancel);
    }

    private async Task SendModelsAsync(HttpExchange exchange, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        var json = new Utf8JsonWriter(body);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartObject();
            json.WriteStartArray("data");
            foreach (var model in await ModelsAsync(cancel).ConfigureAwait(false))
            {
                json.WriteStartObject();
                json.WriteString("id", model);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        await exchange.SendAsync(200, "application/json", body.ToArray(), cancel).ConfigureAwait(false);
    }

    private async Task SendPageAsync(HttpExchange exchange, CancellationToken cancel)
    {
        var models = await ModelsAsync(cancel).ConfigureAwait(false);
        var list = models.Count == 0 ? "<p>No models.</p>" : $"<ul>{string.Concat(models.Select(model => $"<li>{WebUtility.HtmlEncode(model)}</li>"))}</ul>";
        var page = new StringBuilder("<!doctype html><html><head><meta charset=\"utf-8\"><title>").Append(WebUtility.HtmlEncode(settings.Name))
            .Append("</title><style>body{font:18px sans-serif;margin:3em}</style></head><body><h1>").Append(WebUtility.HtmlEncode(settings.Name))
            .Append(" (simulated)</h1><p>Models at ").Append(WebUtility.HtmlEncode(settings.BaseUrl)).Append(":</p>").Append(list).Append("</body></html>");
        await exchange.SendAsync(200, "text/html; charset=utf-8", page.ToString(), cancel).ConfigureAwait(false);
    }

    /// <summary>What the API lists; nothing where it does not answer or does not know the key, as the real one shows it.</summary>
    private async Task<IReadOnlyList<string>> ModelsAsync(CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, settings.BaseUrl.TrimEnd('/') + "/models") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", settings.ApiKey) } };
            using var response = await http.SendAsync(request, cancel).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) return [];
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false));
            return [.. document.RootElement.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()!)];
        }
        catch (Exception away) when (away is HttpRequestException or JsonException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return [];
        }
    }
}
