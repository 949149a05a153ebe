using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace LlmOps.Tunnels.Gateway;

/// <summary>Writes answers of HTTP/1.1 (RFC 9112) to a client: each piece goes out as it comes, since somebody reads along.</summary>
/// <param name="client">The connection.</param>
/// <param name="sent">Told of the bytes of each body.</param>
internal sealed class GatewayResponseWriter(Stream client, Action<int> sent)
{
    private const int PieceSize = 64 * 1024;

    private readonly PipeWriter _writer = PipeWriter.Create(client, new StreamPipeWriterOptions(leaveOpen: true));

    /// <summary>Gives the client leave to send its body.</summary>
    public async Task ProceedAsync()
    {
        Write("HTTP/1.1 100 Continue\r\n\r\n");
        await _writer.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Writes an answer.</summary>
    /// <param name="response">The answer; its body is read as it is written.</param>
    /// <param name="toHead">True if the question was for the head only.</param>
    /// <param name="keepsOpen">False tells the client that the connection ends after this.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="IOException">The client or the server broke off. The client must then see a reset, and never a clean end.</exception>
    public async Task WriteAsync(HttpResponseMessage response, bool toHead, bool keepsOpen, CancellationToken cancel)
    {
        var hasBody = !toHead && (int)response.StatusCode is not (204 or 304);
        var length = response.Content.Headers.ContentLength;
        Write(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {(int)response.StatusCode} {response.ReasonPhrase}\r\n"));
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
            if (!GatewayRequest.IsOwnToConnection(name))
                foreach (var value in values) Write($"{name}: {value}\r\n");
        if (length is not null) Write(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n"));
        else if (hasBody) Write("Transfer-Encoding: chunked\r\n");
        if (!keepsOpen) Write("Connection: close\r\n");
        Write("\r\n");
        if (hasBody)
        {
            var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            await using (body.ConfigureAwait(false)) await WriteBodyAsync(body, isChunked: length is null, cancel).ConfigureAwait(false);
        }

        await _writer.FlushAsync(cancel).ConfigureAwait(false);
    }

    private async Task WriteBodyAsync(Stream body, bool isChunked, CancellationToken cancel)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            while (true)
            {
                var reading = body.ReadAsync(piece.AsMemory(0, PieceSize), cancel);
                if (!reading.IsCompleted) await _writer.FlushAsync(cancel).ConfigureAwait(false);
                if (await reading.ConfigureAwait(false) is var read && read == 0) break;
                if (isChunked) Write(string.Create(CultureInfo.InvariantCulture, $"{read:x}\r\n"));
                _writer.Write(piece.AsSpan(0, read));
                if (isChunked) Write("\r\n");
                sent(read);
                if (_writer.UnflushedBytes > PieceSize) await _writer.FlushAsync(cancel).ConfigureAwait(false);
            }

            if (isChunked) Write("0\r\n\r\n");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private void Write(string text) => Encoding.Latin1.GetBytes(text, _writer);
}
