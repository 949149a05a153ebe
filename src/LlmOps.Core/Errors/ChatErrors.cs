using System.Globalization;

namespace LlmOps;

/// <summary>The failures of talking to a model.</summary>
public static class ChatErrors
{
    /// <summary>The endpoint does not accept the key, or wants one.</summary>
    /// <param name="endpoint">The base address.</param>
    /// <param name="message">What it said.</param>
    public static LlmOpsException Unauthorized(Uri endpoint, string message) => new(
        "ChatUnauthorized", ErrorKind.AuthenticationError, $"{endpoint} does not accept the API key: {message}",
        "Give the key with -ApiKey (Read-Host -AsSecureString), or in the environment variable OPENAI_API_KEY.", endpoint.ToString());

    /// <summary>The endpoint has no model of that name.</summary>
    /// <param name="endpoint">The base address.</param>
    /// <param name="model">The name.</param>
    /// <param name="message">What it said.</param>
    public static LlmOpsException ModelNotFound(Uri endpoint, string model, string message) => new(
        "ChatModelNotFound", ErrorKind.ObjectNotFound, $"{endpoint} has no model '{model}': {message}",
        $"List its models: (Invoke-RestMethod '{endpoint}/models').data.id", model);

    /// <summary>The endpoint was not named, and there is not exactly one to take.</summary>
    /// <param name="tunnels">How many tunnels are open.</param>
    public static LlmOpsException NoEndpoint(int tunnels) => new(
        "ChatEndpointMissing", ErrorKind.InvalidArgument,
        tunnels == 0 ? "There is no tunnel to chat through." : $"{tunnels} tunnels are open; which one?",
        tunnels == 0 ? "Open one: Get-LlmServer -Rig NAME | New-LlmTunnel; or give an -Endpoint." : "Name it: Invoke-LlmChat -Tunnel NAME …; Get-LlmTunnel lists them.");

    /// <summary>The endpoint lists no model, and none was named.</summary>
    /// <param name="endpoint">The base address.</param>
    public static LlmOpsException NoModel(Uri endpoint) => new(
        "ChatModelMissing", ErrorKind.InvalidArgument, $"{endpoint} lists no model.", "Name one with -Model.", endpoint.ToString());

    /// <summary>The conversation does not fit the model's context.</summary>
    /// <param name="message">What the server said.</param>
    /// <param name="limit">The context in tokens, where it was told.</param>
    /// <param name="asked">The tokens that were asked for, where they were told.</param>
    public static LlmOpsException ContextLengthExceeded(string message, int? limit, int? asked) => new(
        "ContextLengthExceeded", ErrorKind.LimitsExceeded,
        (limit, asked) switch
        {
            ({ } most, { } wanted) => $"The conversation needs {wanted} tokens, and the model's context has {most}.",
            ({ } most, null) => $"The conversation does not fit the model's context of {most} tokens.",
            _ => $"The conversation does not fit the model's context: {message}",
        },
        "Shorten the prompt, lower -MaxTokens, begin a new conversation, or start the server with a larger -MaxModelLen.");

    /// <summary>Nothing answers at the endpoint.</summary>
    /// <param name="endpoint">The base address.</param>
    /// <param name="reason">What was seen.</param>
    /// <param name="inner">The exception underneath.</param>
    public static LlmOpsException EndpointUnreachable(Uri endpoint, string reason, Exception? inner = null) => new(
        "EndpointUnreachable", ErrorKind.ConnectionError, $"{endpoint} does not answer: {reason}",
        "Look whether the server runs (Get-LlmServer) and the tunnel is open (Get-LlmTunnel), or check the address.", endpoint.ToString(), inner);

    /// <summary>The address answers, but is no OpenAI-compatible API.</summary>
    /// <param name="endpoint">The base address.</param>
    public static LlmOpsException NotAnApi(Uri endpoint) => new(
        "EndpointNotOpenAI", ErrorKind.InvalidResult, $"{endpoint} is not the base address of an OpenAI-compatible API.",
        "The address usually ends in /v1, such as http://127.0.0.1:8000/v1 or https://api.groq.com/openai/v1.", endpoint.ToString());

    /// <summary>The endpoint wants fewer requests.</summary>
    /// <param name="endpoint">The base address.</param>
    /// <param name="message">What it said.</param>
    /// <param name="retryAfter">How long it asks to wait, where it says so.</param>
    public static LlmOpsException RateLimited(Uri endpoint, string message, TimeSpan? retryAfter) => new(
        "ChatRateLimited", ErrorKind.LimitsExceeded, $"{endpoint} wants fewer requests: {message}",
        retryAfter is { } wait ? string.Create(CultureInfo.InvariantCulture, $"Try again in {Math.Ceiling(wait.TotalSeconds):0} s.") : "Wait a while and try again.", endpoint.ToString());

    /// <summary>The endpoint does not serve at present.</summary>
    /// <param name="endpoint">The base address.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">What it said.</param>
    public static LlmOpsException Unavailable(Uri endpoint, int status, string message) => new(
        "EndpointUnavailable", ErrorKind.ResourceUnavailable, $"{endpoint} does not serve at present (HTTP {status}): {message}",
        "A server that starts needs minutes: Wait-LlmServer waits for it.", endpoint.ToString());

    /// <summary>The endpoint refused the request.</summary>
    /// <param name="endpoint">The base address.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">What it said.</param>
    public static LlmOpsException Refused(Uri endpoint, int status, string message) => new(
        "ChatRefused", status >= 500 ? ErrorKind.InvalidResult : ErrorKind.InvalidArgument, $"{endpoint} refused the request (HTTP {status}): {message}",
        status >= 500 ? "Look into the server's log: Get-LlmServerLog." : "Change what the message names and run the command again.", endpoint.ToString());

    /// <summary>The connection ended in the middle of an answer.</summary>
    /// <param name="endpoint">The base address.</param>
    /// <param name="text">The text that had come.</param>
    /// <param name="reasoning">The reasoning that had come.</param>
    /// <param name="inner">What broke it.</param>
    public static ChatStreamCutException StreamCut(Uri endpoint, string text, string reasoning, Exception? inner = null) => new(endpoint, text, reasoning, inner);

    /// <summary>The answer should be JSON and is not.</summary>
    /// <param name="text">The answer.</param>
    /// <param name="finishReason">Why it ended.</param>
    public static LlmOpsException AnswerNotJson(string text, string? finishReason) => new(
        "ChatAnswerNotJson", ErrorKind.InvalidResult, $"The answer is not JSON: {(text.Length > 200 ? text[..200] + "…" : text)}",
        finishReason == "length" ? "The answer was cut at its limit: raise -MaxTokens." : "The endpoint may not support response_format json_schema; try another server or model.");

    /// <summary>The schema is no JSON schema.</summary>
    /// <param name="detail">What is wrong with it.</param>
    public static LlmOpsException SchemaInvalid(string detail) => new(
        "ChatSchemaInvalid", ErrorKind.InvalidArgument, $"-Schema is not a JSON schema: {detail}",
        "Give a JSON object as text, the path of a file that holds one, or a hashtable, for example: -Schema @{ type = 'object'; properties = @{ name = @{ type = 'string' } } }");

    /// <summary>There is no such picture.</summary>
    /// <param name="path">The file.</param>
    public static LlmOpsException ImageNotFound(string path) => new(
        "ImageNotFound", ErrorKind.ObjectNotFound, $"There is no picture '{path}'.", "Give the path of a file, or an http(s) address.", path);

    /// <summary>The file is no picture that models take.</summary>
    /// <param name="path">The file.</param>
    public static LlmOpsException ImageUnsupported(string path) => new(
        "ImageUnsupported", ErrorKind.InvalidArgument, $"'{path}' is not a PNG, JPEG, GIF, WebP or BMP picture.", "Convert it to PNG or JPEG.", path);

    /// <summary>The file is too large to be sent.</summary>
    /// <param name="path">The file.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="limit">The most bytes that are sent.</param>
    public static LlmOpsException ImageTooLarge(string path, long size, long limit) => new(
        "ImageTooLarge", ErrorKind.LimitsExceeded, string.Create(CultureInfo.InvariantCulture, $"'{path}' has {size / 1048576.0:0.0} MiB; {limit / 1048576} MiB is the most."),
        "Scale the picture down; models see no more than a few megapixels anyway.", path);

    /// <summary>The text is no address of an API.</summary>
    /// <param name="text">The text.</param>
    public static LlmOpsException EndpointInvalid(string text) => new(
        "EndpointInvalid", ErrorKind.InvalidArgument, $"'{text}' is not the address of an API.",
        "Give an http or https address, such as http://127.0.0.1:8000/v1 or https://api.groq.com/openai/v1.", text);
}
