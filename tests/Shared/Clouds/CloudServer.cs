using System.Net.Sockets;
using System.Text;

namespace LlmOps.Testing.Clouds;

/// <summary>HTTP/1.1 on a loopback socket: one request after another on a connection, each answered whole, or by breaking it.</summary>
internal sealed class CloudServer : IAsyncDisposable
{
    private readonly SocketServer _server;

    public CloudServer(Func<CloudRequest, Task<CloudAnswer>> answer) => _server = new SocketServer(async client =>
    {
        client.NoDelay = true;
        var received = new List<byte>();
        while (await ReadAsync(client, received) is { } request)
        {
            var reply = await answer(request);
            if (reply.Status == 0)
            {
                client.LingerState = new LingerOption(true, 0);
                return;
            }

            var body = Encoding.UTF8.GetBytes(reply.Body);
            var head = new StringBuilder($"HTTP/1.1 {reply.Status} Answer\r\nContent-Type: {reply.MediaType}\r\nContent-Length: {body.Length}\r\n");
            foreach (var header in reply.Headers) head.Append(header).Append("\r\n");
            await SocketServer.SendAllAsync(client, (byte[])[.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body]);
        }
    });

    public Uri Address => new($"http://127.0.0.1:{_server.Port}/");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task<CloudRequest?> ReadAsync(Socket client, List<byte> received)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var bytes = received.ToArray();
            var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                var lines = Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n");
                var headers = lines.Skip(1).Select(line => line.Split(':', 2)).GroupBy(pair => pair[0], StringComparer.OrdinalIgnoreCase)
                    .ToDictionary(group => group.Key, group => group.Last()[1].Trim(), StringComparer.OrdinalIgnoreCase);
                var length = headers.TryGetValue("Content-Length", out var text) ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0;
                if (bytes.Length >= end + 4 + length)
                {
                    received.RemoveRange(0, end + 4 + length);
                    return Parse(lines[0], headers, Encoding.UTF8.GetString(bytes, end + 4, length));
                }
            }

            var read = await client.ReceiveAsync(buffer);
            if (read == 0) return null;
            received.AddRange(buffer.AsSpan(0, read));
        }
    }

    private static CloudRequest Parse(string line, IReadOnlyDictionary<string, string> headers, string body)
    {
        var parts = line.Split(' ');
        var target = parts[1].Split('?', 2);
        var query = (target.Length > 1 ? target[1] : "").Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "");
        return new CloudRequest(parts[0], Uri.UnescapeDataString(target[0]), query, headers, body);
    }
}
