using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmOps.Hub;

/// <summary>What of a file has arrived, as it is kept beside the bytes.</summary>
internal sealed record PartialFileState
{
    /// <summary>The version of this format.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The version that wrote it.</summary>
    public required int Format { get; init; }

    /// <summary>The content's hash.</summary>
    public required string ETag { get; init; }

    /// <summary>The file's size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The length of a piece in bytes; the last may be shorter.</summary>
    public required long PieceSize { get; init; }

    /// <summary>For each piece, how many bytes from its start have arrived.</summary>
    public required long[] Received { get; init; }

    /// <summary>The state in a file if it fits what is wanted, else null.</summary>
    public static PartialFileState? Read(string path, string etag, long size, long pieceSize)
    {
        try
        {
            return File.Exists(path) && JsonSerializer.Deserialize(File.ReadAllBytes(path), PartialFileJson.Default.PartialFileState) is { } state
                && state.Fits(etag, size, pieceSize) ? state : null;
        }
        catch (Exception unusable) when (unusable is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Replaces the state in a file.</summary>
    public void Write(string path) => State.AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, PartialFileJson.Default.PartialFileState), durable: false);

    private bool Fits(string etag, long size, long pieceSize) =>
        Format == CurrentFormat && ETag == etag && Size == size && PieceSize == pieceSize
        && Received is not null && Received.Length == Pieces.Count(size, pieceSize)
        && !Received.Where((received, piece) => received < 0 || received > Pieces.Length(piece, size, pieceSize)).Any();
}

/// <summary>How a file is cut into pieces of equal length.</summary>
internal static class Pieces
{
    public static int Count(long size, long pieceSize) => (int)((size + pieceSize - 1) / pieceSize);

    public static long Length(int piece, long size, long pieceSize) => Math.Min(pieceSize, size - piece * pieceSize);
}

/// <summary>Serialises the state of partial files without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PartialFileState))]
internal sealed partial class PartialFileJson : JsonSerializerContext;
