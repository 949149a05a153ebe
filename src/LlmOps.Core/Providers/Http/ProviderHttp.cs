using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LlmOps.Hub;

namespace LlmOps.Providers.Http;

/// <summary>
/// Sends requests to a provider: the key in a header alone, a <c>User-Agent</c> always (RunPod's firewall refuses those without), each attempt
/// with a limit, and a second one where that can do no harm.
/// </summary>
/// <param name="connection">The provider, the key, the handler and the clock.</param>
/// <param name="refuse">Names a refusal where the provider has words of its own for it; null leaves it to the status.</param>
/// <param name="keyHeader">The header that takes the key; null is <c>Authorization: Bearer</c>.</param>
internal sealed class ProviderHttp(ProviderConnection connection, Func<RefusedRequest, ProviderException?> refuse, string? keyHeader = null) : IDisposable
{
    private const int Attempts = 5;
    private const int LongestAnswer = 64 * 1024 * 1024;

    /// <summary>The longest that a provider is waited for because it asks for it; what asks for more fails with it.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(30);
    private static readonly ProductInfoHeaderValue Agent = new("LlmOps", typeof(ProviderHttp).Assembly.GetName().Version?.ToString(3));

    private readonly HttpClient _http = new(connection.Handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    public GpuProviderInfo Info => connection.Info;

    public TimeProvider Time => connection.Time;

    /// <summary>Where the key came from.</summary>
    public string KeySource => connection.Key.Source;

    /// <summary>Asks for something and reads it.</summary>
    /// <param name="path">The path below the provider's address, with its query.</param>
    /// <param name="what">What is asked for, as in "list machines".</param>
    /// <param name="type">How to read it.</param>
    /// <param name="cancel">Ends the request.</param>
    public async Task<T> GetAsync<T>(string path, string what, JsonTypeInfo<T> type, CancellationToken cancel) =>
        Parse(await SendAsync(HttpMethod.Get, path, null, what, Repeat.Always, cancel).ConfigureAwait(false), type, mayHaveMade: false);

    /// <summary>Sends something and reads the answer.</summary>
    /// <param name="path">The path below the provider's address.</param>
    /// <param name="body">What to send.</param>
    /// <param name="bodyType">How to write it.</param>
    /// <param name="what">What is asked for, as in "rent a machine".</param>
    /// <param name="type">How to read the answer.</param>
    /// <param name="repeat">When it may be sent again.</param>
    /// <param name="cancel">Ends the request.</param>
    public async Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, string what, JsonTypeInfo<TAnswer> type, Repeat repeat, CancellationToken cancel) =>
        Parse(await SendAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, bodyType), what, repeat, cancel).ConfigureAwait(false), type, repeat == Repeat.WhenRateLimited);

    /// <summary>Sends a request and reads its answer, until one succeeds.</summary>
    /// <exception cref="ProviderException">The last failure.</exception>
    public async Task<ProviderAnswer> SendAsync(HttpMethod method, string path, byte[]? body, string what, Repeat repeat, CancellationToken cancel)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                return await SendOnceAsync(method, path, body, what, repeat == Repeat.WhenRateLimited, cancel).ConfigureAwait(false);
            }
            catch (ProviderException failure) when (failures + 1 < Attempts && !(failure.RetryAfter > LongestWait)
                && (failure.Failure == ProviderFailure.RateLimited || (failure.Failure == ProviderFailure.Transient && repeat == Repeat.Always)))
            {
                await Task.Delay(failure.RetryAfter ?? RetryDelay.Backoff(failures + (failure.Failure == ProviderFailure.RateLimited ? 2 : 0)), Time, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Opens an answer that goes on, such as a log.</summary>
    /// <param name="path">The path below the provider's address.</param>
    /// <param name="what">What is asked for.</param>
    /// <param name="header">One more header, or null.</param>
    /// <param name="cancel">Ends the request.</param>
    public async Task<HttpResponseMessage> OpenAsync(string path, string what, (string Name, string Value)? header, CancellationToken cancel)
    {
        using var request = Request(HttpMethod.Get, path, null);
        if (header is { } more) request.Headers.TryAddWithoutValidation(more.Name, more.Value);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        }
        catch (Exception broken) when (HubHttp.IsNetwork(broken))
        {
            throw ProviderErrors.Unreachable(Info, HubHttp.Innermost(broken), broken);
        }

        if (response.IsSuccessStatusCode) return response;
        using (response) throw Refusal(await ReadAsync(response, cancel).ConfigureAwait(false), what, mayHaveMade: false);
    }

    /// <summary>Makes something of a JSON answer.</summary>
    /// <exception cref="ProviderException">It is none, or not the one that was expected.</exception>
    public T Parse<T>(ProviderAnswer answer, JsonTypeInfo<T> type, bool mayHaveMade)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type) ?? throw new JsonException("It is null.");
        }
        catch (Exception strange) when (strange is JsonException or FormatException or OverflowException or InvalidOperationException)
        {
            var failure = ProviderErrors.AnswerUnexpected(Info, answer.Body.Length == 0 ? "it is empty" : answer.MediaType is "text/html" ? "it is a web page" : "it is not the JSON that the API promises");
            failure.MachineMayExist = mayHaveMade;
            throw failure;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<ProviderAnswer> SendOnceAsync(HttpMethod method, string path, byte[]? body, string what, bool makes, CancellationToken cancel)
    {
        using var request = Request(method, path, body);
        using var limit = new CancellationTokenSource(AttemptLimit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            var answer = await ReadAsync(response, either.Token).ConfigureAwait(false);
            return answer.IsSuccess ? answer : throw Refusal(answer, what, makes);
        }
        catch (Exception broken) when (HubHttp.IsNetwork(broken) || (broken is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            var failure = ProviderErrors.Unreachable(Info, broken is OperationCanceledException ? $"no answer came for {AttemptLimit.TotalSeconds:0} s" : HubHttp.Innermost(broken), broken);
            failure.MachineMayExist = makes;
            throw failure;
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, byte[]? body)
    {
        var request = new HttpRequestMessage(method, new Uri(Info.Address, path));
        request.Headers.UserAgent.Add(Agent);
        request.Headers.Accept.ParseAdd("application/json, */*;q=0.5");
        if (keyHeader is null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", connection.Key.Reveal());
        else request.Headers.TryAddWithoutValidation(keyHeader, connection.Key.Reveal());
        if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return request;
    }

    private async Task<ProviderAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using var open = stream.ConfigureAwait(false);
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
        {
            body.Write(buffer, 0, count);
            if (body.Length > LongestAnswer) throw new IOException("an answer that should be short does not end");
        }

        return new ProviderAnswer((int)response.StatusCode, body.ToArray(), response.Content.Headers.ContentType?.MediaType, RetryDelay.From(response, Time));
    }

    private ProviderException Refusal(ProviderAnswer answer, string what, bool mayHaveMade)
    {
        var said = ProviderRefusal.Read(answer, connection.Key.Reveal());
        var failure = refuse(new RefusedRequest(answer, said, what)) ?? ByStatus(answer, said, what);
        failure.Status = answer.Status;
        failure.Code ??= said.Code;
        failure.RetryAfter ??= answer.RetryAfter;
        failure.MachineMayExist = mayHaveMade && failure.Failure is ProviderFailure.Transient or ProviderFailure.Protocol;
        return failure;
    }

    private ProviderException ByStatus(ProviderAnswer answer, ProviderRefusal said, string what) => answer.Status switch
    {
        403 when answer.MediaType == "text/html" => ProviderErrors.AnswerUnexpected(Info, $"a firewall before it refuses us (status 403, {said.Text ?? "a web page"})"),
        401 => ProviderErrors.KeyRefused(Info, KeySource, said.Text),
        402 => ProviderErrors.Billing(Info, said.Text),
        403 => ProviderErrors.Forbidden(Info, what, KeySource, said.Text),
        404 => ProviderErrors.NotFound(Info, $"such thing to {what}", said.Text),
        409 => ProviderErrors.Conflict(Info, what, said.Text),
        410 => ProviderErrors.Retired(Info, said.Text),
        429 => ProviderErrors.RateLimited(Info, answer.RetryAfter),
        408 or >= 500 => ProviderErrors.Unavailable(Info, answer.Status, said.Text),
        >= 300 and < 400 => ProviderErrors.AnswerUnexpected(Info, $"it sends us elsewhere (status {answer.Status})"),
        400 or 413 or 422 => ProviderErrors.InvalidRequest(Info, what, said.Text),
        _ => ProviderErrors.AnswerUnexpected(Info, $"status {answer.Status}{(said.Text is null ? "" : ": " + said.Text)}"),
    };
}

/// <summary>A request that was refused.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Said">What the provider said in it.</param>
/// <param name="What">What was asked for.</param>
internal sealed record RefusedRequest(ProviderAnswer Answer, ProviderRefusal Said, string What)
{
    /// <summary>What was to be rented.</summary>
    public string Product => What.StartsWith("rent ", StringComparison.Ordinal) ? What["rent ".Length..] : "machine";
}
