using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace LlmOps.Engines;

/// <summary>Asks an engine over HTTP whether it lives and whether it produces tokens. That its port is open says nothing: vLLM binds it minutes before it can answer.</summary>
internal sealed class EngineProbe : IDisposable
{
    private static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TokenLimit = TimeSpan.FromMinutes(3); // the first request may still compile kernels

    private readonly HttpClient _http;
    private readonly string _model;

    /// <summary>Prepares to ask.</summary>
    /// <param name="port">The engine's port on the loopback interface.</param>
    /// <param name="model">The name under which it serves the model.</param>
    /// <param name="apiKey">Its key, or null.</param>
    public EngineProbe(int port, string model, string? apiKey)
    {
        _model = model;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (apiKey is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    /// <summary>True when <c>/health</c> answers 200.</summary>
    /// <param name="cancel">Ends the attempt.</param>
    public async Task<bool> IsHealthyAsync(CancellationToken cancel) =>
        await StatusAsync(HttpMethod.Get, "/health", null, HealthLimit, cancel).ConfigureAwait(false) == HttpStatusCode.OK;

    /// <summary>True when it is healthy and has produced one token. A model that takes neither prompts nor chats (embeddings, speech) counts as ready when it refuses both as such.</summary>
    /// <param name="cancel">Ends the attempt.</param>
    public async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        if (!await IsHealthyAsync(cancel).ConfigureAwait(false)) return false;
        var prompt = new JsonObject { ["model"] = _model, ["prompt"] = "Hi", ["max_tokens"] = 1 };
        var chat = new JsonObject
        {
            ["model"] = _model,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hi" }),
            ["max_tokens"] = 1,
        };
        return await AnswersAsync("/v1/completions", prompt, cancel).ConfigureAwait(false) switch
        {
            HttpStatusCode.OK => true,
            HttpStatusCode.NotFound or HttpStatusCode.BadRequest =>
                await AnswersAsync("/v1/chat/completions", chat, cancel).ConfigureAwait(false) is HttpStatusCode.OK or HttpStatusCode.NotFound or HttpStatusCode.BadRequest,
            _ => false,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private Task<HttpStatusCode?> AnswersAsync(string path, JsonObject body, CancellationToken cancel) =>
        StatusAsync(HttpMethod.Post, path, body, TokenLimit, cancel);

    private async Task<HttpStatusCode?> StatusAsync(HttpMethod method, string path, JsonObject? body, TimeSpan limit, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        stop.CancelAfter(limit);
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        try
        {
            using var answer = await _http.SendAsync(request, stop.Token).ConfigureAwait(false);
            return answer.StatusCode;
        }
        catch (Exception unanswered) when (unanswered is HttpRequestException or OperationCanceledException or IOException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }
}
