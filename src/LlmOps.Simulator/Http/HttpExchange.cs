using System.Globalization;
using System.Net;
using System.Text;

namespace LlmOps.Simulator.Http;

/// <summary>One request and its answer. Every write goes to the wire at once.</summary>
internal sealed class HttpExchange(HttpRequest request, IPEndPoint remote, Stream stream)
{
    private bool _chunked;

    public HttpRequest Request { get; } = request;

    /// <summary>How far the sender's clock is ahead of this machine's.</summary>
    public TimeSpan ClockShift { get; set; }

    public IPEndPoint Remote { get; } = remote;

    /// <summary>The status that was sent, or 0 while nothing was.</summary>
    public int Status { get; private set; }

    /// <summary>Answers with a whole body. The answer to HEAD has its headers only.</summary>
    public async Task SendAsync(int status, string contentType, ReadOnlyMemory<byte> body, CancellationToken cancel, params (string Name, string Value)[] headers)
    {
        await BeginAsync(status, contentType, body.Length, cancel, headers).ConfigureAwait(false);
        if (!Request.IsHead && body.Length > 0) await stream.WriteAsync(body, cancel).ConfigureAwait(false);
    }

    public Task SendAsync(int status, string contentType, string body, CancellationToken cancel, params (string Name, string Value)[] headers) =>
        SendAsync(status, contentType, Encoding.UTF8.GetBytes(body), cancel, headers);

    /// <summary>Sends the head. Without a length the body is sent in chunks, to be ended by <see cref="EndAsync"/>.</summary>
    public async Task BeginAsync(int status, string contentType, long? length, CancellationToken cancel, params (string Name, string Value)[] headers)
    {
        Status = status;
        _chunked = length is null;
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {Reason(status)}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"date: {DateTime.UtcNow + ClockShift:R}\r\n");
        if (contentType.Length > 0) head.Append(CultureInfo.InvariantCulture, $"content-type: {contentType}\r\n");
        head.Append(_chunked ? "transfer-encoding: chunked\r\n" : string.Create(CultureInfo.InvariantCulture, $"content-length: {length}\r\n"));
        foreach (var (name, value) in headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        head.Append("\r\n");
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.ToString()), cancel).ConfigureAwait(false);
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> part, CancellationToken cancel)
    {
        if (part.Length == 0) return;
        if (_chunked)
        {
            var framed = new byte[part.Length + 16];
            var head = Encoding.ASCII.GetBytes($"{part.Length:x}\r\n", framed);
            part.Span.CopyTo(framed.AsSpan(head));
            "\r\n"u8.CopyTo(framed.AsSpan(head + part.Length));
            part = framed.AsMemory(0, head + part.Length + 2);
        }

        await stream.WriteAsync(part, cancel).ConfigureAwait(false);
    }

    public async Task EndAsync(CancellationToken cancel)
    {
        if (_chunked) await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), cancel).ConfigureAwait(false);
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        206 => "Partial Content",
        302 => "Found",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        416 => "Range Not Satisfiable",
        422 => "Unprocessable Entity",
        500 => "Internal Server Error",
        _ => "Service Unavailable",
    };
}
