using System.Net;

namespace LlmOps.Hub;

/// <summary>Turns a refusal of the Hub into a named error, by its status and the headers <c>X-Error-Code</c> and <c>X-Error-Message</c>.</summary>
internal static class HubAnswer
{
    private const string InvalidCredentials = "Invalid credentials in Authorization header";
    private const string Disabled = "Access to this resource is disabled.";

    /// <summary>The failure that an answer of the Hub itself stands for; a <see cref="HubTransientException"/> if it may pass.</summary>
    public static Exception Failure(HttpResponseMessage response, HubRepo repo, string revision, Uri endpoint, bool withToken, TimeProvider time)
    {
        var code = Header(response, "X-Error-Code");
        var message = Header(response, "X-Error-Message");
        var page = new Uri(endpoint, repo.PagePath);
        return (int)response.StatusCode switch
        {
            429 => new HubTransientException(HubErrors.RateLimited(endpoint), RetryDelay.From(response, time)),
            408 or >= 500 => new HubTransientException(HubErrors.Unavailable(endpoint, (int)response.StatusCode), RetryDelay.From(response, time)),
            _ when code == "GatedRepo" => HubErrors.Gated(repo, page, withToken),
            _ when code == "RevisionNotFound" => HubErrors.RevisionNotFound(repo, revision, page),
            _ when code == "EntryNotFound" => HubErrors.FileNotFound(repo, revision, response.RequestMessage!.RequestUri!),
            403 when message == Disabled => HubErrors.Disabled(repo, page),
            401 when IsTokenRefused(response) => HubErrors.Unauthorized(endpoint),
            _ when code == "RepoNotFound" => HubErrors.RepositoryNotFound(repo, endpoint, withToken),
            401 or 404 => HubErrors.RepositoryNotFound(repo, endpoint, withToken),
            403 => HubErrors.Forbidden(repo, page, message),
            _ => HubErrors.AnswerUnexpected(endpoint, (int)response.StatusCode, message),
        };
    }

    /// <summary>The failure that an answer to a search stands for.</summary>
    public static Exception SearchFailure(HttpResponseMessage response, Uri endpoint, TimeProvider time) => (int)response.StatusCode switch
    {
        429 => new HubTransientException(HubErrors.RateLimited(endpoint), RetryDelay.From(response, time)),
        408 or >= 500 => new HubTransientException(HubErrors.Unavailable(endpoint, (int)response.StatusCode), RetryDelay.From(response, time)),
        401 => HubErrors.Unauthorized(endpoint),
        var status => HubErrors.AnswerUnexpected(endpoint, status, Header(response, "X-Error-Message")),
    };

    /// <summary>True if the Hub does not know the token.</summary>
    public static bool IsTokenRefused(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.Unauthorized && Header(response, "X-Error-Message") is { } message && message.StartsWith(InvalidCredentials, StringComparison.OrdinalIgnoreCase);

    /// <summary>The first value of a header, or null.</summary>
    public static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? values.FirstOrDefault() : null;

    /// <summary>Where the answer sends us, exactly as it says (a signed address must not be rewritten); null if it does not.</summary>
    public static Uri? Redirect(HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            || Header(response, "Location") is not { Length: > 0 } text) return null;
        if (text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            return Uri.TryCreate(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var exact) ? exact : null;
        return Uri.TryCreate(response.RequestMessage!.RequestUri!, text, out var relative) ? relative : null;
    }
}
