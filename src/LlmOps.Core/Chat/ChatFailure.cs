using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LlmOps.Chat;

/// <summary>
/// Reads what a server answered instead of a completion. The styles: OpenAI and Groq <c>{"error":{"message","type","code"}}</c>, vLLM before
/// 0.10 <c>{"object":"error","message","code"}</c>, FastAPI <c>{"detail":…}</c>, and plain text.
/// </summary>
internal static partial class ChatFailure
{
    private const int LongestMessage = 500;

    /// <summary>The failure that an HTTP answer means.</summary>
    public static LlmOpsException From(HttpStatusCode status, string body, TimeSpan? retryAfter, ChatEndpoint endpoint, string? model)
    {
        var (message, code) = Read(body);
        return From((int)status, message.Length > 0 ? message : status.ToString(), code, retryAfter, endpoint, model);
    }

    /// <summary>The failure that an error in the middle of a stream means.</summary>
    public static LlmOpsException From(JsonElement error, ChatEndpoint endpoint, string? model)
    {
        var (message, code) = ReadError(error, default);
        return From(error.Member("code").Number() ?? 500, message, code, null, endpoint, model);
    }

    /// <summary>How long the server asks to wait.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero,
            _ => null,
        };

    private static LlmOpsException From(int status, string message, string code, TimeSpan? retryAfter, ChatEndpoint endpoint, string? model) => status switch
    {
        _ when code == "context_length_exceeded" || ContextPattern().IsMatch(message) => ChatErrors.ContextLengthExceeded(message, Limit(message), Asked(message)),
        401 or 403 => ChatErrors.Unauthorized(endpoint.Uri, message),
        404 when model is not null && (code == "model_not_found" || message.Contains("model", StringComparison.OrdinalIgnoreCase)) => ChatErrors.ModelNotFound(endpoint.Uri, model, message),
        404 => ChatErrors.NotAnApi(endpoint.Uri),
        429 => ChatErrors.RateLimited(endpoint.Uri, message, retryAfter),
        502 or 503 or 504 => ChatErrors.Unavailable(endpoint.Uri, status, message),
        _ => ChatErrors.Refused(endpoint.Uri, status, message),
    };

    private static (string Message, string Code) Read(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var error = root.Member("error");
            return ReadError(error.ValueKind is JsonValueKind.Object or JsonValueKind.String ? error : root, root);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return (Shorten(body.TrimStart().StartsWith('<') ? "" : body), "");
        }
    }

    private static (string Message, string Code) ReadError(JsonElement error, JsonElement root)
    {
        var detail = root.Member("detail");
        var message = error.Text() ?? error.Member("message").Text() ?? detail.Text() ?? (detail.ValueKind is JsonValueKind.Undefined ? "" : detail.ToString());
        return (Shorten(message), error.Member("code").Text() ?? error.Member("type").Text() ?? "");
    }

    private static string Shorten(string text) => text.Trim() is { Length: > LongestMessage } trimmed ? trimmed[..LongestMessage] + "…" : text.Trim();

    private static int? Limit(string message) => Figure(LimitPattern().Match(message));

    private static int? Asked(string message) => Figure(AskedPattern().Match(message));

    private static int? Figure(Match match) =>
        match.Success && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"maximum (context|model|input) length|maximum model len|context (length|size|window)|exceeds? the available context|prompt .{0,40}too long|longer than the maximum", RegexOptions.IgnoreCase)]
    private static partial Regex ContextPattern();

    [GeneratedRegex(@"(?:context (?:length|size|window)|model len(?:gth)?|input length)\D{0,40}?([\d,]{2,})", RegexOptions.IgnoreCase)]
    private static partial Regex LimitPattern();

    [GeneratedRegex(@"(?:requested|request \(|resulted in|contains?(?: at least)?|has|length of)\D{0,20}?([\d,]{2,})", RegexOptions.IgnoreCase)]
    private static partial Regex AskedPattern();
}
