using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace LlmOps.Testing;

/// <summary>An HTTP server on a bare socket, so that an answer can break anywhere. Each request is answered by the next script, the last one for all that follow.</summary>
internal sealed class ChatServer : IAsyncDisposable
{
    private readonly SocketServer _server;
    private readonly List<string> _requests = [];
    private int _next;

    public ChatServer(params Func<Socket, Task>[] scripts) => _server = new SocketServer(async client =>
    {
        var request = await ReadRequestAsync(client);
        lock (_requests) _requests.Add(request);
        await scripts[Math.Min(Interlocked.Increment(ref _next), scripts.Length) - 1](client);
    });

    public int Port => _server.Port;

    public Uri Uri => new($"http://127.0.0.1:{Port}/v1");

    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    public JsonElement Body(int index) => JsonDocument.Parse(Requests[index][(Requests[index].IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]).RootElement;

    public static Func<Socket, Task> Answer(string status, string type, string body, string headers = "") => async client =>
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        await SendAsync(client, $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {bytes.Length}\r\n{headers}Connection: close\r\n\r\n");
        await SocketServer.SendAllAsync(client, bytes);
        client.Shutdown(SocketShutdown.Send);
    };

    /// <summary>Streams pieces, each in a TCP segment and a chunk of its own.</summary>
    public static Func<Socket, Task> Stream(IEnumerable<byte[]> pieces, bool cut = false) => async client =>
    {
        client.NoDelay = true;
        await SendAsync(client, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
        foreach (var piece in pieces)
        {
            await SendAsync(client, $"{piece.Length:x}\r\n");
            await SocketServer.SendAllAsync(client, piece);
            await SendAsync(client, "\r\n");
        }

        if (cut)
        {
            // What was sent must not be swallowed by the reset.
            client.Shutdown(SocketShutdown.Send);
            return;
        }

        await SendAsync(client, "0\r\n\r\n");
        client.Shutdown(SocketShutdown.Send);
    };

    public static Func<Socket, Task> Stream(string text, bool cut = false) => Stream([Encoding.UTF8.GetBytes(text)], cut);

    public static string Event(string content, string? finish = null) =>
        "data: " + JsonSerializer.Serialize(new { choices = new[] { new { index = 0, delta = new { content }, finish_reason = finish } } }) + "\n\n";

    public static string Usage(int prompt, int completion) =>
        "data: " + JsonSerializer.Serialize(new { choices = Array.Empty<object>(), usage = new { prompt_tokens = prompt, completion_tokens = completion } }) + "\n\n";

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static Task SendAsync(Socket client, string text) => SocketServer.SendAllAsync(client, Encoding.ASCII.GetBytes(text));

    private static async Task<string> ReadRequestAsync(Socket client)
    {
        var all = new List<byte>();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var text = Encoding.UTF8.GetString([.. all]);
            var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head >= 0)
            {
                var length = text.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) is { } line ? int.Parse(line[15..], System.Globalization.CultureInfo.InvariantCulture) : 0;
                if (all.Count >= Encoding.UTF8.GetByteCount(text[..(head + 4)]) + length) return text;
            }

            var read = await client.ReceiveAsync(buffer);
            if (read == 0) return text;
            all.AddRange(buffer.AsSpan(0, read));
        }
    }
}
