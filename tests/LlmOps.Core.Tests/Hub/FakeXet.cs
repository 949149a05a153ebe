using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace LlmOps.Hub.Tests;

/// <summary>A stand-in for Xet storage: chunks of uneven length, equal ones stored once, in xorbs of sixteen, each request signed for its range.</summary>
public sealed class FakeXet
{
    private const int ChunksOfXorb = 16;

    private readonly Dictionary<string, FakeXetFile> _files = new(StringComparer.Ordinal);
    private readonly List<List<byte[]>> _xorbs = [];
    private readonly Dictionary<string, (int Xorb, int Chunk)> _known = new(StringComparer.Ordinal);

    /// <summary>How chunks are packed: 0, 1 or 2, or null for all in turn.</summary>
    public int? Scheme { get; init; }

    /// <summary>Knows only the first version of the request.</summary>
    public bool IsOld { get; init; }

    /// <summary>How long a token says that it lasts.</summary>
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How many bytes a chunk has at most.</summary>
    public int ChunkSize { get; init; } = 20_000;

    /// <summary>Changes what is said about a file.</summary>
    public Action<JsonObject>? Twist { get; set; }

    public int TokensGiven { get; private set; }

    public static string HashOf(FakeFile file) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("xet:" + file.Sha256)));

    internal FakeAnswer GiveToken(string storage) =>
        new("token", 200, [], Encoding.ASCII.GetBytes($$"""{"accessToken":"xet_{{++TokensGiven}}","exp":{{(DateTimeOffset.UtcNow + TokenLife).ToUnixTimeSeconds()}},"casUrl":"{{storage}}"}"""));

    internal FakeAnswer Answer(FakeRequest request, FakeRepo repo, string storage)
    {
        var path = request.Path.Split('?')[0].Trim('/').Split('/');
        return path is [var version, "reconstructions", var hash] ? Plan(request, repo, storage, version, hash) : Xorb(request, path);
    }

    private static FakeAnswer Refuse(string target, int status) => new(target, status, [], []);

    private FakeAnswer Plan(FakeRequest request, FakeRepo repo, string storage, string version, string hash)
    {
        if (request.Authorization != $"Bearer xet_{TokensGiven}") return Refuse("plan", 401);
        if (version != "v1" && (IsOld || version != "v2")) return Refuse("plan", IsOld ? 501 : 404);
        if (repo.Files.Values.FirstOrDefault(file => HashOf(file) == hash) is not { } content) return Refuse("plan", 404);
        lock (_files)
        {
            if (!_files.TryGetValue(hash, out var file)) _files[hash] = file = Store(content.Content);
            var (from, to) = FakeRequest.Bounds(request.Range, content.Content.Length);
            var plan = file.Plan(from, to + 1, version == "v2", (xorb, chunk) => Offset(xorb, chunk), storage);
            Twist?.Invoke(plan);
            return new FakeAnswer("plan", 200, [], Encoding.UTF8.GetBytes(plan.ToJsonString()));
        }
    }

    private FakeAnswer Xorb(FakeRequest request, string[] path)
    {
        if (request.Authorization is not null) return Refuse("xorb", 400);
        if (request.Range is null || !request.Path.EndsWith("?signed=" + request.Range["bytes=".Length..], StringComparison.Ordinal)) return Refuse("xorb", 403);
        byte[] content;
        lock (_files)
        {
            using var all = new MemoryStream();
            foreach (var chunk in _xorbs[int.Parse(path[^1], CultureInfo.InvariantCulture)]) all.Write(chunk);
            content = all.ToArray();
        }

        var (from, to) = FakeRequest.Bounds(request.Range, content.Length);
        return new FakeAnswer("xorb", 206, [$"Content-Range: bytes {from}-{to}/{content.Length}"], content[from..(to + 1)]) { Whole = content };
    }

    private long Offset(int xorb, int chunk) => _xorbs[xorb].Take(chunk).Sum(packed => (long)packed.Length);

    private FakeXetFile Store(byte[] content)
    {
        var file = new FakeXetFile();
        var random = new Random(content.Length);
        for (var at = 0; at < content.Length;)
        {
            // Zeros lie in chunks of one length, as content-defined chunking cuts them.
            var most = Math.Min(ChunkSize, content.Length - at);
            var length = content.AsSpan(at, most).ContainsAnyExcept((byte)0) ? Math.Min(random.Next(ChunkSize / 4, ChunkSize), most) : most;
            var chunk = content.AsSpan(at, length);
            var key = Convert.ToHexString(SHA256.HashData(chunk));
            if (!_known.TryGetValue(key, out var place)) _known[key] = place = Add(FakeChunk.Pack(chunk, Scheme ?? _known.Count % 3));
            file.Add(place.Xorb, place.Chunk, length);
            at += length;
        }

        return file;
    }

    private (int Xorb, int Chunk) Add(byte[] packed)
    {
        if (_xorbs.Count == 0 || _xorbs[^1].Count == ChunksOfXorb) _xorbs.Add([]);
        _xorbs[^1].Add(packed);
        return (_xorbs.Count - 1, _xorbs[^1].Count - 1);
    }
}
