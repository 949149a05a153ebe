using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace LlmOps.Benchmarks.Downloads;

/// <summary>
/// A Hub and its CDN on two addresses of loopback, as all contestants need them: the API, the resolver with its redirects, byte ranges. It can
/// answer late and limit what each request gets per second, as CDNs do per connection.
/// </summary>
internal sealed class BenchmarkHub : IAsyncDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const int PageSize = 1000;
    private const int Slice = 256 * 1024;

    private readonly Dictionary<string, Dictionary<string, SyntheticFile>> _repositories = new(StringComparer.Ordinal);
    private readonly WebApplication _application;
    private long _sent;
    private long _requests;
    private long _bodies;

    public BenchmarkHub()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Parse("127.0.0.2"), 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        // Short, so that what is counted as sent has been sent.
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = address =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 128 * 1024 };
            socket.Bind(address);
            return socket;
        });
        _application = builder.Build();
        _application.Run(HandleAsync);
        _application.StartAsync().GetAwaiter().GetResult();
        var addresses = _application.Urls.ToList();
        Endpoint = addresses.Single(address => address.Contains("127.0.0.1", StringComparison.Ordinal));
        Cdn = addresses.Single(address => address.Contains("127.0.0.2", StringComparison.Ordinal));
    }

    /// <summary>What goes into HF_ENDPOINT.</summary>
    public string Endpoint { get; }

    /// <summary>Where large files are.</summary>
    public string Cdn { get; }

    /// <summary>Bytes per second and request; 0 is no limit.</summary>
    public long Rate { get; set; }

    /// <summary>How late every answer begins.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Bytes of content written to sockets since <see cref="Reset"/>.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Requests since <see cref="Reset"/>.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    public void Reset()
    {
        Interlocked.Exchange(ref _sent, 0);
        Interlocked.Exchange(ref _requests, 0);
    }

    /// <summary>Waits until no body is being sent any more: whose reader has died goes on for a moment.</summary>
    public void WaitUntilQuiet() => SpinWait.SpinUntil(() => Interlocked.Read(ref _bodies) == 0);

    public void Add(string id, params IEnumerable<SyntheticFile> files) => _repositories.Add(id, files.ToDictionary(file => file.Path, StringComparer.Ordinal));

    /// <summary>The address that a person would copy from the Hub's page.</summary>
    public string AddressOf(string id, string path) => $"{Endpoint}/{id}/resolve/main/{path}";

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (Latency > TimeSpan.Zero) await Task.Delay(Latency, context.RequestAborted);
        var parts = context.Request.Path.Value!.Trim('/').Split('/');
        var answer = parts switch
        {
            ["api", "models", var owner, var name, "revision", ..] => JsonAsync(context, Info($"{owner}/{name}")),
            ["api", "models", var owner, var name, "tree", ..] => TreeAsync(context, $"{owner}/{name}"),
            ["api", "models", var owner, var name] => JsonAsync(context, Info($"{owner}/{name}")),
            ["api", "resolve-cache", "models", var owner, var name, _, .. var path] => ContentAsync(context, File(owner, name, path)),
            ["cdn", var owner, var name, .. var path] => ContentAsync(context, File(owner, name, path)),
            [var owner, var name, "resolve", _, .. var path] => Resolve(context, owner, name, File(owner, name, path)),
            _ => NotFound(context),
        };
        await answer;
    }

    private SyntheticFile File(string owner, string name, string[] path) => _repositories[$"{owner}/{name}"][string.Join('/', path)];

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    private JsonObject Info(string id) => new()
    {
        ["_id"] = "0",
        ["id"] = id,
        ["modelId"] = id,
        ["sha"] = Commit,
        ["private"] = false,
        ["gated"] = false,
        ["disabled"] = false,
        ["downloads"] = 0,
        ["likes"] = 0,
        ["tags"] = new JsonArray(),
        ["siblings"] = new JsonArray([.. _repositories[id].Keys.Select(path => new JsonObject { ["rfilename"] = path })]),
    };

    private Task TreeAsync(HttpContext context, string id)
    {
        var first = int.TryParse(context.Request.Query["cursor"], CultureInfo.InvariantCulture, out var cursor) ? cursor : 0;
        var files = _repositories[id].Values.ToList();
        if (first + PageSize < files.Count) context.Response.Headers.Link = $"<{Endpoint}{context.Request.Path}?recursive=true&expand=false&cursor={first + PageSize}>; rel=\"next\"";
        return JsonAsync(context, new JsonArray([.. files.Skip(first).Take(PageSize).Select(Entry)]));
    }

    private static JsonObject Entry(SyntheticFile file)
    {
        var entry = new JsonObject { ["type"] = "file", ["oid"] = file.BlobId, ["size"] = file.Size, ["path"] = file.Path };
        if (file.IsLarge) entry["lfs"] = new JsonObject { ["oid"] = file.Sha256, ["size"] = file.Size, ["pointerSize"] = 134 };
        return entry;
    }

    private static Task JsonAsync(HttpContext context, JsonNode json)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(json.ToJsonString());
    }

    private Task Resolve(HttpContext context, string owner, string name, SyntheticFile file)
    {
        var response = context.Response;
        response.Headers["X-Repo-Commit"] = Commit;
        response.Headers.AcceptRanges = "bytes";
        response.StatusCode = file.IsLarge ? 302 : 307;
        if (file.IsLarge)
        {
            response.Headers["X-Linked-Size"] = file.Size.ToString(CultureInfo.InvariantCulture);
            response.Headers["X-Linked-ETag"] = $"\"{file.Sha256}\"";
        }

        response.Headers.Location = file.IsLarge ? $"{Cdn}/cdn/{owner}/{name}/{file.Path}?signature={Requests}" : $"/api/resolve-cache/models/{owner}/{name}/{Commit}/{file.Path}";
        return Task.CompletedTask;
    }

    private async Task ContentAsync(HttpContext context, SyntheticFile file)
    {
        var response = context.Response;
        var (from, to) = (0L, file.Size - 1);
        if (context.Request.GetTypedHeaders().Range?.Ranges.FirstOrDefault() is { } range)
        {
            from = range.From ?? file.Size - range.To!.Value;
            to = range.From is null ? to : Math.Min(range.To ?? to, to);
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {from}-{to}/{file.Size}";
        }

        response.Headers.ETag = file.IsLarge ? "\"not-the-hash\"" : $"\"{file.BlobId}\"";
        response.Headers["X-Repo-Commit"] = Commit;
        response.Headers.AcceptRanges = "bytes";
        response.ContentLength = to - from + 1;
        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        if (HttpMethods.IsHead(context.Request.Method)) return;
        Interlocked.Increment(ref _bodies);
        try
        {
            await SendAsync(context, file, from, to);
        }
        finally
        {
            Interlocked.Decrement(ref _bodies);
        }
    }

    private async Task SendAsync(HttpContext context, SyntheticFile file, long from, long to)
    {
        var response = context.Response;
        var began = Stopwatch.GetTimestamp();
        for (var at = from; at <= to;)
        {
            var part = file.At(at, (int)Math.Min(Slice, to - at + 1));
            // Kestrel goes on taking what nobody reads any more: that was not sent.
            if ((await response.BodyWriter.WriteAsync(part, context.RequestAborted)).IsCompleted) return;
            Interlocked.Add(ref _sent, part.Length);
            at += part.Length;
            if (Rate > 0 && TimeSpan.FromSeconds((double)(at - from) / Rate) - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } ahead) await Task.Delay(ahead, context.RequestAborted);
        }
    }
}
