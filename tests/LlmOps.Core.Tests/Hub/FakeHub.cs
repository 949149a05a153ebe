using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace LlmOps.Hub.Tests;

/// <summary>A stand-in for the Hub, its CDN and its Xet storage on three real sockets, with faults. Like the real CDN it refuses requests that carry a token.</summary>
public sealed class FakeHub : IDisposable
{
    private readonly TcpListener _hub = new(IPAddress.Loopback, 0);
    private readonly TcpListener _cdn = new(IPAddress.Loopback, 0);
    private readonly TcpListener _cas = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly FakeRepo _repo;
    private readonly List<FakeFault> _faults;
    private int _signature;

    public FakeHub(FakeRepo repo, params FakeFault[] faults)
    {
        _repo = repo;
        _faults = [.. faults];
        _hub.Start();
        _cdn.Start();
        _cas.Start();
        _ = ServeAsync(_hub, AnswerHub);
        _ = ServeAsync(_cdn, AnswerCdn);
        _ = ServeAsync(_cas, request => _repo.Xet?.Answer(request, _repo, Storage) ?? Refuse("xorb", 404, "X-Reason: none"));
    }

    public string Endpoint => $"http://{_hub.LocalEndpoint}";

    /// <summary>All requests: the target, the path with its query, and the bytes of body that were sent.</summary>
    public ConcurrentQueue<(string Target, string Path, string? Range, string? Authorization, StrongBox<long> Sent)> Log { get; } = [];

    /// <summary>Bytes per second and connection of the CDN and of Xet storage; 0 is no limit.</summary>
    public int Rate { get; set; }

    public long CdnBytes => Log.Where(entry => entry.Target == "cdn").Sum(entry => Interlocked.Read(ref entry.Sent.Value));

    public long XorbBytes => Log.Where(entry => entry.Target == "xorb").Sum(entry => Interlocked.Read(ref entry.Sent.Value));

    private string Storage => $"http://{_cas.LocalEndpoint}";

    public int Count(string target) => Log.Count(entry => entry.Target == target);

    public void Dispose()
    {
        _stop.Cancel();
        _hub.Dispose();
        _cdn.Dispose();
        _cas.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(TcpListener listener, Func<FakeRequest, FakeAnswer> answer)
    {
        try
        {
            while (true) _ = TalkAsync(await listener.AcceptSocketAsync(_stop.Token), answer, _stop.Token);
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task TalkAsync(Socket socket, Func<FakeRequest, FakeAnswer> answer, CancellationToken stop)
    {
        using var owned = socket;
        try
        {
            await using var stream = new NetworkStream(socket);
            while (await FakeRequest.ReadAsync(stream, stop) is { } request)
            {
                var reply = answer(request);
                if (!await SendAsync(socket, stream, request, reply, TakeFault(reply.Target), stop)) return;
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    private async Task<bool> SendAsync(Socket socket, NetworkStream stream, FakeRequest request, FakeAnswer reply, FakeFault? fault, CancellationToken stop)
    {
        var sent = new StrongBox<long>();
        Log.Enqueue((reply.Target, request.Path, request.Range, request.Authorization, sent));
        switch (fault?.Kind)
        {
            case FakeFaultKind.NoAnswer:
                socket.Close(0);
                return false;
            case FakeFaultKind.Status:
                reply = new FakeAnswer(reply.Target, fault.Status, fault.Header is null ? [] : [fault.Header], []);
                break;
            case FakeFaultKind.Html:
                reply = new FakeAnswer(reply.Target, 200, ["Content-Type: text/html"], Encoding.ASCII.GetBytes("<html>Log in, please</html>"));
                break;
            case FakeFaultKind.Truncate:
                reply = reply with { Body = reply.Body[..Math.Min(fault.Bytes, reply.Body.Length)] };
                break;
            case FakeFaultKind.Corrupt:
                reply = reply with { Body = [.. reply.Body] };
                reply.Body[reply.Body.Length / 2] ^= 1;
                break;
            case FakeFaultKind.Garbage:
                reply = reply with { Body = new byte[reply.Body.Length] };
                break;
            case FakeFaultKind.NoRange when request.Range is not null && reply.Whole is { } whole:
                reply = reply with { Status = 200, Body = whole, Headers = [] };
                break;
            case FakeFaultKind.NoHeader:
                reply = reply with { Headers = [.. reply.Headers.Where(header => !header.StartsWith("X-Repo-Commit", StringComparison.Ordinal))] };
                break;
            case FakeFaultKind.Expired:
                reply = reply with { Headers = [.. reply.Headers.Select(header => header.Replace("signature=", "expired=", StringComparison.Ordinal))] };
                break;
        }

        var head = $"HTTP/1.1 {reply.Status} x\r\nContent-Length: {reply.Body.Length}\r\n{string.Concat(reply.Headers.Select(header => header + "\r\n"))}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), stop);
        var cut = fault?.Kind is FakeFaultKind.Reset or FakeFaultKind.Close or FakeFaultKind.Stall ? Math.Min(fault.Bytes, reply.Body.Length) : reply.Body.Length;
        for (var at = 0; at < cut; at += 16 * 1024)
        {
            var chunk = reply.Body.AsMemory(at, Math.Min(16 * 1024, cut - at));
            await stream.WriteAsync(chunk, stop);
            Interlocked.Add(ref sent.Value, chunk.Length);
            if (Rate > 0 && reply.Target is "cdn" or "xorb") await Task.Delay(TimeSpan.FromSeconds((double)chunk.Length / Rate), stop);
        }

        if (fault?.Kind == FakeFaultKind.Stall) await Task.Delay(Timeout.Infinite, stop);
        if (fault?.Kind == FakeFaultKind.Reset)
        {
            // A reset throws away what the peer has not read; let it read.
            await Task.Delay(50, stop);
            socket.Close(0);
        }

        return fault?.Kind is not (FakeFaultKind.Reset or FakeFaultKind.Close);
    }

    private FakeFault? TakeFault(string target)
    {
        lock (_faults)
        {
            var index = _faults.FindIndex(fault => fault.Target == target && fault.Times > 0);
            if (index < 0) return null;
            var fault = _faults[index];
            _faults[index] = fault with { Times = fault.Times - 1 };
            return fault;
        }
    }

    private FakeAnswer AnswerHub(FakeRequest request)
    {
        var path = Uri.UnescapeDataString(request.Path.Split('?')[0]);
        if (path == "/api/models") return FakeSearch.Answer(_repo, request, Endpoint) is var (json, headers) ? new FakeAnswer("search", 200, headers, json) : throw new InvalidOperationException();
        var target = path.Contains("/xet-read-token/", StringComparison.Ordinal) ? "token" : path.Contains("/tree/", StringComparison.Ordinal) ? "tree" : path.Contains("/revision/", StringComparison.Ordinal) ? "info" : path.StartsWith("/api/resolve-cache/", StringComparison.Ordinal) ? "cache" : "resolve";
        if (request.Authorization is not null && _repo.Token is not null && request.Authorization != "Bearer " + _repo.Token)
            return Refuse(target, 401, "X-Error-Message: Invalid credentials in Authorization header");
        var known = request.Authorization is not null;
        if (_repo.IsMissing) return Refuse(target, known ? 404 : 401, known ? "X-Error-Code: RepoNotFound" : "X-Error-Message: Invalid username or password.");
        if (_repo.IsGated && !known && target is ("resolve" or "cache")) return Refuse(target, 401, "X-Error-Code: GatedRepo");
        return target switch
        {
            "info" when path.EndsWith("/revision/main", StringComparison.Ordinal) || path.EndsWith(FakeRepo.Commit, StringComparison.Ordinal) =>
                new FakeAnswer(target, 200, ["Content-Type: application/json"], Encoding.UTF8.GetBytes($$"""{"id":"x","sha":"{{FakeRepo.Commit}}"}""")),
            "info" => Refuse(target, 404, "X-Error-Code: RevisionNotFound"),
            "token" => _repo.Xet?.GiveToken(Storage) ?? Refuse(target, 404, "X-Error-Message: no Xet"),
            "tree" => Tree(request, known),
            "cache" => Content(target, request, path.Split(FakeRepo.Commit + "/")[1]),
            _ => Resolve(request, path.Split(FakeRepo.Commit + "/")[1]),
        };
    }

    private FakeAnswer AnswerCdn(FakeRequest request)
    {
        if (request.Authorization is not null) return Refuse("cdn", 400, "X-Leak: token");
        if (!request.Path.Contains("signature=", StringComparison.Ordinal)) return Refuse("cdn", 403, "X-Reason: expired");
        return Content("cdn", request, Uri.UnescapeDataString(request.Path.Split('?')[0])[1..]);
    }

    private FakeAnswer Resolve(FakeRequest request, string path)
    {
        if (!_repo.Files.TryGetValue(path, out var file)) return Refuse("resolve", 404, "X-Error-Code: EntryNotFound");
        var escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        return file.IsLarge
            ? new FakeAnswer("resolve", 302, [
                $"Location: http://{_cdn.LocalEndpoint}/{escaped}?signature={Interlocked.Increment(ref _signature)}", $"X-Repo-Commit: {FakeRepo.Commit}",
                $"X-Linked-Size: {file.Size}", $"X-Linked-ETag: \"{file.Sha256}\""], [])
            : new FakeAnswer("resolve", 307, [$"Location: /api/resolve-cache/models/{_repo.Id}/{FakeRepo.Commit}/{escaped}?etag=%22x%22", $"X-Repo-Commit: {FakeRepo.Commit}"], []);
    }

    private FakeAnswer Content(string target, FakeRequest request, string path)
    {
        var content = _repo.Files[path].Content;
        if (request.Range is null) return new FakeAnswer(target, 200, ["ETag: \"not-the-hash\""], content);
        var (from, to) = FakeRequest.Bounds(request.Range, content.Length);
        return new FakeAnswer(target, 206, [$"Content-Range: bytes {from}-{to}/{content.Length}"], content[from..(to + 1)]) { Whole = content };
    }

    private FakeAnswer Tree(FakeRequest request, bool known)
    {
        var cursor = request.Path.Split("cursor=") is [_, var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        var entries = _repo.Files.OrderBy(file => file.Key, StringComparer.Ordinal).Skip(cursor).Take(_repo.PageSize).Select(file => (JsonNode)Entry(file.Key, file.Value, _repo.IsGated && !known));
        var json = new JsonArray([.. entries, new JsonObject { ["type"] = "directory", ["oid"] = "00", ["size"] = 0, ["path"] = "original" }]).ToJsonString();
        var next = cursor + _repo.PageSize;
        return new FakeAnswer("tree", 200, next < _repo.Files.Count ? [$"Link: <{Endpoint}{request.Path.Split("&cursor=")[0]}&cursor={next}>; rel=\"next\""] : [], Encoding.UTF8.GetBytes(json));
    }

    private JsonObject Entry(string path, FakeFile file, bool masked)
    {
        var entry = new JsonObject { ["type"] = "file", ["oid"] = file.BlobId, ["size"] = file.Size, ["path"] = path };
        if (file.IsLarge) entry["lfs"] = new JsonObject { ["oid"] = masked ? new string('*', 64) : file.Sha256, ["size"] = file.Size, ["pointerSize"] = 134 };
        if (file.IsLarge && _repo.Xet is not null) entry["xetHash"] = masked ? new string('*', 64) : FakeXet.HashOf(file);
        return entry;
    }

    private static FakeAnswer Refuse(string target, int status, string header) => new(target, status, [header], Encoding.UTF8.GetBytes("{\"error\":\"no\"}"));
}
