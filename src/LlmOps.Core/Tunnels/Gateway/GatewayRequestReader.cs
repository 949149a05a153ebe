using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace LlmOps.Tunnels.Gateway;

/// <summary>
/// Reads requests of HTTP/1.1 (RFC 9112) from a connection. Whatever is ambiguous is refused: what is passed on is written anew, so nobody behind can read
/// it as something else.
/// </summary>
/// <param name="reader">The connection.</param>
/// <param name="proceed">Called when the client waits for leave to send its body.</param>
internal sealed class GatewayRequestReader(PipeReader reader, Func<Task> proceed)
{
    /// <summary>The longest head of a request, in bytes.</summary>
    public const int LongestHead = 64 * 1024;

    /// <summary>The longest body, in bytes: a long conversation with pictures.</summary>
    public const int LongestBody = 64 * 1024 * 1024;

    private const int LongestLine = 4096;

    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"); // RFC 9110 §5.6.2
    private static readonly SearchValues<char> Unprintable = SearchValues.Create("\0\r\n");

    /// <summary>The next request; null where the client has ended.</summary>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="InvalidDataException">It is no request, or too long.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<GatewayRequest?> ReadAsync(CancellationToken cancel)
    {
        if (await ReadToAsync("\r\n\r\n"u8.ToArray(), LongestHead, mayEnd: true, cancel).ConfigureAwait(false) is not { } head) return null;
        var request = Parse(head);
        if (string.Equals(request.Header("Expect"), "100-continue", StringComparison.OrdinalIgnoreCase)) await proceed().ConfigureAwait(false);
        var lengths = Values(request, "Content-Length");
        var encodings = Values(request, "Transfer-Encoding");
        return (lengths, encodings) switch
        {
            ([], []) => request,
            ([var length], []) => request with { Body = await ReadBytesAsync(LengthOf(length, NumberStyles.None, 0), cancel).ConfigureAwait(false) },
            ([], [var encoding]) when encoding.Equals("chunked", StringComparison.OrdinalIgnoreCase) => request with { Body = await ReadChunksAsync(cancel).ConfigureAwait(false) },
            _ => throw new InvalidDataException("The length of the body is ambiguous."),
        };
    }

    /// <summary>Reads the head of a request.</summary>
    /// <param name="head">The head without the empty line at its end.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    internal static GatewayRequest Parse(string head)
    {
        var lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not [{ Length: > 0 } method, ['/', ..] and var target, "HTTP/1.1"] || !method.All(char.IsAsciiLetterUpper) || target.StartsWith("//", StringComparison.Ordinal) || target.Any(letter => letter is <= ' ' or > '~'))
            throw new InvalidDataException("The request line makes no sense.");
        var headers = new List<(string, string)>(lines.Length - 1);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAnyExcept(Token) || line.AsSpan().ContainsAny(Unprintable)) throw new InvalidDataException("A header field makes no sense.");
            headers.Add((line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }

        return new GatewayRequest(method, target, headers, default);
    }

    private static List<string> Values(GatewayRequest request, string field) => [.. request.Headers.Where(header => header.Name.Equals(field, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];

    private static int LengthOf(string text, NumberStyles style, long before) =>
        int.TryParse(text, style, CultureInfo.InvariantCulture, out var length) && length >= 0 && before + length <= LongestBody ? length : throw new InvalidDataException("The length of the body makes no sense.");

    private async Task<byte[]> ReadChunksAsync(CancellationToken cancel)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var line = await ReadLineAsync(cancel).ConfigureAwait(false);
            var length = LengthOf(line.Split(';')[0].TrimEnd(), NumberStyles.AllowHexSpecifier, body.Length);
            if (length == 0) break;
            body.Write(await ReadBytesAsync(length, cancel).ConfigureAwait(false));
            if ((await ReadLineAsync(cancel).ConfigureAwait(false)).Length > 0) throw new InvalidDataException("A chunk is longer than it says.");
        }

        for (var read = 0; await ReadLineAsync(cancel).ConfigureAwait(false) is { Length: > 0 } trailer;)
            if ((read += trailer.Length) > LongestHead) throw new InvalidDataException("The end of the request is too long.");
        return body.ToArray();
    }

    private async Task<string> ReadLineAsync(CancellationToken cancel) => (await ReadToAsync("\r\n"u8.ToArray(), LongestLine, mayEnd: false, cancel).ConfigureAwait(false))!;

    private async Task<string?> ReadToAsync(byte[] end, int longest, bool mayEnd, CancellationToken cancel)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancel).ConfigureAwait(false);
            if (Find(read.Buffer, end) is { } found)
            {
                var text = Encoding.Latin1.GetString(read.Buffer.Slice(0, found));
                reader.AdvanceTo(read.Buffer.GetPosition(end.Length, found));
                return text;
            }

            if (read.Buffer.Length > longest) throw new InvalidDataException("The request is too long.");
            if (read.IsCompleted) return mayEnd && read.Buffer.IsEmpty ? null : throw new InvalidDataException("The request ends too early.");
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static SequencePosition? Find(ReadOnlySequence<byte> buffer, byte[] end)
    {
        var sequence = new SequenceReader<byte>(buffer);
        return sequence.TryReadTo(out ReadOnlySequence<byte> before, end) ? before.End : null;
    }

    private async Task<byte[]> ReadBytesAsync(int count, CancellationToken cancel)
    {
        if (count == 0) return [];
        var read = await reader.ReadAtLeastAsync(count, cancel).ConfigureAwait(false);
        if (read.Buffer.Length < count) throw new InvalidDataException("The request ends too early.");
        var bytes = read.Buffer.Slice(0, count).ToArray();
        reader.AdvanceTo(read.Buffer.GetPosition(count));
        return bytes;
    }
}
