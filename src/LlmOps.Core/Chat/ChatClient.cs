using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace LlmOps.Chat;

/// <summary>
/// Speaks OpenAI's chat completions API, <c>POST {base}/chat/completions</c> answered by server-sent events (WHATWG HTML, "Server-sent
/// events"), and <c>GET {base}/models</c>.
/// </summary>
/// <param name="handler">Sends the requests; shared by all calls.</param>
/// <param name="time">The clock.</param>
public sealed class ChatClient(HttpMessageHandler handler, TimeProvider time)
{
    private const int LongestErrorBody = 64 * 1024;

    private readonly HttpMessageInvoker _http = new(handler, disposeHandler: false);

    /// <summary>The clock.</summary>
    internal TimeProvider Time => time;

    /// <summary>A handler for real endpoints. It keeps an idle connection for two seconds only, so that a tunnel can end without waiting for it.</summary>
    public static HttpMessageHandler CreateHandler() => new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
        Proxy = new ExceptLoopbackProxy(HttpClient.DefaultProxy),
    };

    /// <summary>The names of the models that an endpoint serves.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="LlmOpsException"><c>EndpointUnreachable</c>, <c>ChatUnauthorized</c> and what else an endpoint can refuse with.</exception>
    public async Task<IReadOnlyList<string>> ListModelsAsync(ChatEndpoint endpoint, CancellationToken cancel)
    {
        using var request = endpoint.Request(HttpMethod.Get, "models");
        try
        {
            using var response = await SendAsync(request, endpoint, null, cancel).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
            using var document = JsonDocument.Parse(body);
            var data = document.RootElement.Member("data");
            return data.ValueKind == JsonValueKind.Array ? [.. data.EnumerateArray().Select(model => model.Member("id").Text()).OfType<string>()] : [];
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw ChatErrors.EndpointUnreachable(endpoint.Uri, Innermost(broken), broken);
        }
        catch (JsonException)
        {
            throw ChatErrors.NotAnApi(endpoint.Uri);
        }
    }

    /// <summary>Asks once and gives the answer's parts as they come.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="chat">What to ask.</param>
    /// <param name="cancel">Closes the connection, so that the engine stops generating.</param>
    /// <exception cref="HttpRequestException">The connection can't be made, or broke before the answer began.</exception>
    /// <exception cref="IOException">The connection broke in the middle.</exception>
    internal async IAsyncEnumerable<ChatDelta> StreamAsync(ChatEndpoint endpoint, ChatRequest chat, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var request = endpoint.Request(HttpMethod.Post, "chat/completions");
        request.Content = new ReadOnlyMemoryContent(ChatRequestBody.Write(chat)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await SendAsync(request, endpoint, chat.Model, cancel).ConfigureAwait(false);
        if (response.Content.Headers.ContentType?.MediaType == "application/json")
        {
            // An endpoint that does not stream.
            yield return Checked(ChatDelta.Parse(await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false))) with { IsDone = true };
            yield break;
        }

        var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            await foreach (var item in SseParser.Create(body, static (_, data) => ChatDelta.Parse(data)).EnumerateAsync(cancel).ConfigureAwait(false))
            {
                yield return Checked(item.Data);
                if (item.Data.IsDone) yield break;
            }
        }

        ChatDelta Checked(ChatDelta delta) => delta.Error is { } error ? throw ChatFailure.From(error, endpoint, chat.Model) : delta;
    }

    /// <summary>The message of the exception at the bottom, which is the one that says what happened.</summary>
    internal static string Innermost(Exception exception) => exception.GetBaseException().Message;

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ChatEndpoint endpoint, string? model, CancellationToken cancel)
    {
        var response = await _http.SendAsync(request, cancel).ConfigureAwait(false);
        if (response.IsSuccessStatusCode) return response;
        using (response)
        {
            throw ChatFailure.From(
                response.StatusCode, await ReadErrorAsync(response, cancel).ConfigureAwait(false), ChatFailure.RetryAfter(response, time), endpoint, model);
        }
    }

    private static async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                var buffer = new byte[LongestErrorBody];
                var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
                return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
            }
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return "";
        }
    }
}
