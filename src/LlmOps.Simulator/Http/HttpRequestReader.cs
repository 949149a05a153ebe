using System.Globalization;
using System.Text;

namespace LlmOps.Simulator.Http;

/// <summary>Reads HTTP/1.1 requests from one connection (RFC 9112).</summary>
internal sealed class HttpRequestReader(Stream stream)
{
    private const int HeadLimit = 64 * 1024;
    private const int BodyLimit = 64 * 1024 * 1024;

    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next request, or null at the end of the connection.</summary>
    public async Task<HttpRequest?> ReadAsync(CancellationToken cancel)
    {
        if (await LineAsync(cancel).ConfigureAwait(false) is not { Length: > 0 } first) return null;
        if (first.Split(' ') is not [var method, var target, _]) return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await LineAsync(cancel).ConfigureAwait(false) is { Length: > 0 } line)
            if (line.IndexOf(':', StringComparison.Ordinal) is var colon && colon > 0) headers[line[..colon]] = line[(colon + 1)..].Trim();
        if (headers.GetValueOrDefault("Expect")?.Contains("100-continue", StringComparison.OrdinalIgnoreCase) == true)
            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancel).ConfigureAwait(false);
        var body = headers.GetValueOrDefault("Transfer-Encoding")?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true
            ? await ChunksAsync(cancel).ConfigureAwait(false)
            : await ExactlyAsync(int.TryParse(headers.GetValueOrDefault("Content-Length"), CultureInfo.InvariantCulture, out var length) ? length : 0, cancel).ConfigureAwait(false);
        return new HttpRequest(method, target, headers, body);
    }

    private async Task<byte[]> ChunksAsync(CancellationToken cancel)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = await LineAsync(cancel).ConfigureAwait(false) ?? throw new EndOfStreamException();
            var length = int.Parse(size.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0) break;
            if (body.Length + length > BodyLimit) throw new InvalidDataException("body");
            body.Write(await ExactlyAsync(length, cancel).ConfigureAwait(false));
            await LineAsync(cancel).ConfigureAwait(false);
        }

        while (await LineAsync(cancel).ConfigureAwait(false) is { Length: > 0 }) continue; // trailers
        return body.ToArray();
    }

    private async Task<byte[]> ExactlyAsync(int length, CancellationToken cancel)
    {
        if (length is < 0 or > BodyLimit) throw new InvalidDataException("body");
        var bytes = new byte[length];
        var done = 0;
        while (done < length)
        {
            if (_start == _end && !await FillAsync(cancel).ConfigureAwait(false)) throw new EndOfStreamException();
            var part = Math.Min(length - done, _end - _start);
            _buffer.AsSpan(_start, part).CopyTo(bytes.AsSpan(done));
            _start += part;
            done += part;
        }

        return bytes;
    }

    private async Task<string?> LineAsync(CancellationToken cancel)
    {
        var line = new MemoryStream();
        while (true)
        {
            if (_start == _end && !await FillAsync(cancel).ConfigureAwait(false)) return null;
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            var part = end < 0 ? _end - _start : end;
            line.Write(_buffer, _start, part);
            _start += end < 0 ? part : part + 1;
            if (line.Length > HeadLimit) throw new InvalidDataException("head");
            if (end >= 0) return Encoding.Latin1.GetString(line.ToArray()).TrimEnd('\r');
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancel)
    {
        _start = 0;
        _end = await stream.ReadAsync(_buffer, cancel).ConfigureAwait(false);
        return _end > 0;
    }
}
