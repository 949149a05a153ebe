using System.Buffers.Binary;

namespace LlmOps.Hub.Xet;

/// <summary>The eight bytes before each chunk of a xorb: the format's version 0, the packed length (3 bytes, little endian), how it is packed, the plain length (3 bytes).</summary>
/// <param name="PackedLength">How many bytes follow the header.</param>
/// <param name="Compression">How they are packed.</param>
/// <param name="Length">How many bytes of the file they are.</param>
internal readonly record struct ChunkHeader(int PackedLength, ChunkCompression Compression, int Length)
{
    /// <summary>The header's length in bytes.</summary>
    public const int Size = 8;

    /// <summary>The most bytes of a file that a chunk holds.</summary>
    public const int MostBytes = 128 * 1024;

    /// <summary>The most bytes that a chunk takes.</summary>
    public const int MostPackedBytes = 2 * MostBytes;

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">Eight bytes.</param>
    /// <exception cref="XetException">It can't be the header of a chunk.</exception>
    public static ChunkHeader Parse(ReadOnlySpan<byte> bytes)
    {
        var first = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var second = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        var header = new ChunkHeader((int)(first >> 8), (ChunkCompression)(byte)second, (int)(second >> 8));
        if ((byte)first != 0 || !Enum.IsDefined(header.Compression)) throw new XetException("it sent a chunk of an unknown format");
        if (header.Length is 0 or > MostBytes || header.PackedLength is 0 or > MostPackedBytes || (header.Compression == ChunkCompression.None && header.PackedLength != header.Length))
            throw new XetException("it sent a chunk of an impossible length");
        return header;
    }
}
