using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace LlmOps.Core.Tests.Tunnels;

/// <summary>A server with one model and perhaps a key, over real HTTP with connections that are used again.</summary>
internal sealed class GatewayEngine : IDisposable
{
    private readonly string _model;
    private readonly string? _key;
    private HttpListener _listener = new();

    public GatewayEngine(string model, string? key = null)
    {
        _model = model;
        _key = key;
        Port = FreePort();
        Start();
    }

    public int Port { get; }

    /// <summary>The questions that were let in, with their bodies.</summary>
    public ConcurrentQueue<(string Method, string Target, string Body, string? Key)> Asked { get; } = new();

    /// <summary>What an answer does after its head is out; each piece that it writes goes out at once.</summary>
    public Func<Func<string, Task>, Task> Answer { get; set; } = write => write("done");

    /// <summary>The length that an answer is said to have; null sends it in chunks.</summary>
    public long? Length { get; set; }

    public void Start()
    {
        _listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{Port}/" }, IgnoreWriteExceptions = false };
        _listener.Start();
        _ = ServeAsync(_listener);
    }

    public void Stop() => _listener.Abort();

    public void Dispose() => Stop();

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task ServeAsync(HttpListener listener)
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var response = context.Response;
        var key = context.Request.Headers["Authorization"]?["Bearer ".Length..];
        if (_key is not null && key != _key)
        {
            response.StatusCode = 401;
            return;
        }

        if (context.Request.RawUrl == "/v1/models")
        {
            response.ContentType = "application/json";
            await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { data = new[] { new { id = _model } } })));
            return;
        }

        using var body = new StreamReader(context.Request.InputStream);
        Asked.Enqueue((context.Request.HttpMethod, context.Request.RawUrl!, await body.ReadToEndAsync(), key));
        if (Length is { } length) response.ContentLength64 = length;
        else response.SendChunked = true;
        response.Headers["X-Engine"] = _model;
        if (context.Request.HttpMethod == "HEAD") return;
        try
        {
            await Answer(async piece =>
            {
                await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(piece));
                await response.OutputStream.FlushAsync();
            });
        }
        catch (HttpListenerException)
        {
            // Whoever asked has left.
        }
        catch (OperationCanceledException)
        {
            response.Abort(); // breaks off in the middle
        }
    }
}
