using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmOps.Simulator.Http;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Vllm;

/// <summary>vLLM's OpenAI-compatible HTTP server. The key guards what begins with /v1 and nothing else, as in the real one.</summary>
internal sealed class ApiServer(SimulatedMachine machine, ServeSettings settings, ModelFiles model, EngineStats stats, string version, VllmLog log, string tag)
{
    private readonly long _created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    public static IReadOnlyList<(string Path, string Methods)> Routes { get; } =
    [
        ("/health", "GET"), ("/ping", "GET"), ("/ping", "POST"), ("/version", "GET"), ("/metrics", "GET"), ("/tokenize", "POST"), ("/detokenize", "POST"),
        ("/v1/models", "GET"), ("/v1/chat/completions", "POST"), ("/v1/completions", "POST"),
    ];

    public async Task HandleAsync(HttpExchange exchange, CancellationToken cancel)
    {
        var request = exchange.Request;
        var path = request.Path.Length > 1 ? request.Path.TrimEnd('/') : request.Path;
        try
        {
            await RouteAsync(exchange, path, cancel).ConfigureAwait(false);
        }
        catch (ApiError error)
        {
            await exchange.SendAsync(error.Status, "application/json", error.Body, cancel).ConfigureAwait(false);
        }

        if (path is not ("/health" or "/metrics"))
            log.Plain(tag, string.Create(CultureInfo.InvariantCulture, $"INFO:     {exchange.Remote} - \"{request.Method} {request.Target} HTTP/1.1\" {exchange.Status} {(exchange.Status == 200 ? "OK" : "")}").TrimEnd());
    }

    private async Task RouteAsync(HttpExchange exchange, string path, CancellationToken cancel)
    {
        var request = exchange.Request;
        var methods = Routes.Where(route => route.Path == path).Select(route => route.Methods).ToList();
        if (path.StartsWith("/v1", StringComparison.Ordinal) && settings.Keys.Count > 0 && !settings.Keys.Contains(request.BearerToken))
            await exchange.SendAsync(401, "application/json", "{\"error\":\"Unauthorized\"}", cancel).ConfigureAwait(false);
        else if (methods.Count == 0) await exchange.SendAsync(404, "application/json", "{\"detail\":\"Not Found\"}", cancel).ConfigureAwait(false);
        else if (!methods.Contains(request.Method == "HEAD" ? "GET" : request.Method)) await exchange.SendAsync(405, "application/json", "{\"detail\":\"Method Not Allowed\"}", cancel).ConfigureAwait(false);
        else await AnswerAsync(exchange, path, cancel).ConfigureAwait(false);
    }

    private Task AnswerAsync(HttpExchange exchange, string path, CancellationToken cancel) => path switch
    {
        "/health" or "/ping" => exchange.SendAsync(200, "", "", cancel),
        "/version" => JsonAsync(exchange, new JsonObject { ["version"] = version }, cancel),
        "/metrics" => exchange.SendAsync(200, "text/plain; version=1.0.0; charset=utf-8", stats.Page(), cancel),
        "/v1/models" => JsonAsync(exchange, Models(), cancel),
        "/tokenize" => JsonAsync(exchange, Tokenize(exchange.Request.Body), cancel),
        "/detokenize" => JsonAsync(exchange, new JsonObject { ["prompt"] = "" }, cancel),
        _ => GenerateAsync(exchange, path == "/v1/chat/completions", cancel),
    };

    private Task GenerateAsync(HttpExchange exchange, bool isChat, CancellationToken cancel)
    {
        var request = GenerationRequest.Read(exchange.Request.Body, isChat, settings, model.Config);
        return new GenerationReply(exchange, request, new Generation(machine, settings, model, stats, request)).SendAsync(cancel);
    }

    private JsonObject Models() => new()
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. settings.ServedNames.Select(name => new JsonObject
        {
            ["id"] = name, ["object"] = "model", ["created"] = _created, ["owned_by"] = "vllm", ["root"] = settings.Model, ["parent"] = null, ["max_model_len"] = settings.MaxModelLen,
        })]),
    };

    private JsonObject Tokenize(byte[] body)
    {
        try
        {
            var json = JsonNode.Parse(body)?.AsObject();
            var count = json?["messages"] is JsonArray messages ? Tokens.CountChat(messages) : Tokens.Count((string?)json?["prompt"] ?? "");
            return new JsonObject { ["count"] = count, ["max_model_len"] = settings.MaxModelLen, ["tokens"] = new JsonArray([.. Enumerable.Range(100, count).Select(token => (JsonNode)token)]), ["token_strs"] = null };
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw ApiError.BadRequest("[{'type': 'json_invalid', 'loc': ('body', 0), 'msg': 'JSON decode error', 'input': {}}]");
        }
    }

    private static Task JsonAsync(HttpExchange exchange, JsonObject body, CancellationToken cancel) => exchange.SendAsync(200, "application/json", body.ToJsonString(), cancel);
}
