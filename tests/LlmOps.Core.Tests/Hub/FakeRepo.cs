using System.Security.Cryptography;
using System.Text;

namespace LlmOps.Hub.Tests;

/// <summary>A repository of the fake Hub.</summary>
public sealed class FakeRepo
{
    public const string Commit = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";

    public string Id { get; init; } = "acme/model";

    public Dictionary<string, FakeFile> Files { get; } = new(StringComparer.Ordinal);

    public bool IsGated { get; init; }

    public bool IsMissing { get; init; }

    public int PageSize { get; init; } = 1000;

    public string? Token { get; init; }

    /// <summary>The Xet storage that holds the large files too, or null.</summary>
    public FakeXet? Xet { get; init; }

    /// <summary>What a search finds: the models of the Hub as its API describes them.</summary>
    public List<System.Text.Json.Nodes.JsonObject> Catalog { get; } = [];

    public static FakeRepo Typical(int largeSize = 1_000_000, FakeXet? xet = null)
    {
        var repo = new FakeRepo { Xet = xet };
        repo.AddPlain("config.json", "{\"a\": 1}");
        repo.AddPlain("original/params.json", "{}");
        repo.AddPlain("empty.txt", "");
        repo.AddLarge("model-00001-of-00002.safetensors", largeSize, 1);
        repo.AddLarge("model-00002-of-00002.safetensors", largeSize / 3, 2);
        return repo;
    }

    public void AddPlain(string path, string text) => Add(path, Encoding.UTF8.GetBytes(text), isLarge: false);

    public void AddLarge(string path, int size, int seed)
    {
        var content = new byte[size];
        new Random(seed).NextBytes(content);
        Add(path, content, isLarge: true);
    }

    /// <summary>Adds a file of numbers that compress, with zeros in between.</summary>
    public void AddSparse(string path, int size, int seed)
    {
        var content = new byte[size];
        var random = new Random(seed);
        for (var at = 0; at + 4 <= size; at += 4)
        {
            if (at / 200_000 % 2 == 0) BitConverter.TryWriteBytes(content.AsSpan(at), (float)random.Next(1000));
        }

        Add(path, content, isLarge: true);
    }

    public void Add(string path, byte[] content, bool isLarge) => Files[path] = new FakeFile(content, isLarge);
}

/// <summary>A file of the fake Hub.</summary>
public sealed record FakeFile(byte[] Content, bool IsLarge)
{
    /// <summary>A size to claim other than the true one.</summary>
    public long? ClaimedSize { get; init; }

    public long Size => ClaimedSize ?? Content.Length;

    public string BlobId { get; } = Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {Content.Length}\0"), .. Content]));

    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Content));

    public string ETag => IsLarge ? Sha256 : BlobId;
}
