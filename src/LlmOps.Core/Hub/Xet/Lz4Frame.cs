using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace LlmOps.Hub.Xet;

/// <summary>
/// Unpacks a frame of LZ4 (github.com/lz4/lz4, lz4_Frame_format.md, version 1.6) whose plain length is known. Its checksums are passed over:
/// the whole file's SHA-256 is checked.
/// </summary>
internal static class Lz4Frame
{
    private const uint Magic = 0x184D2204;
    private const int Version = 0b01;
    private const int Window = 64 * 1024;
    private const uint Stored = 0x8000_0000;

    /// <summary>Unpacks.</summary>
    /// <param name="frame">One whole frame.</param>
    /// <param name="target">Takes the plain bytes, and is filled by them.</param>
    /// <exception cref="XetException">It is no such frame, or its plain length is another.</exception>
    public static void Unpack(ReadOnlySpan<byte> frame, Span<byte> target)
    {
        if (Number(ref frame) != Magic) throw Broken();
        var flags = Take(ref frame, 2)[0];
        var (isLinked, hasBlockSums, hasSize, hasSum, hasDictionary) = ((flags & 0x20) == 0, (flags & 0x10) != 0, (flags & 0x08) != 0, (flags & 0x04) != 0, (flags & 0x01) != 0);
        if (flags >> 6 != Version || hasDictionary) throw Broken();
        Take(ref frame, (hasSize ? sizeof(ulong) : 0) + 1);
        var filled = 0;
        for (var size = Number(ref frame); size != 0; size = Number(ref frame))
        {
            var block = Take(ref frame, size & ~Stored);
            var room = target[filled..];
            var count = (size & Stored) != 0 ? Copy(block, room) : Unpack(block, room, isLinked ? target[Math.Max(0, filled - Window)..filled] : []);
            if (count < 0) throw Broken();
            filled += count;
            if (hasBlockSums) Take(ref frame, sizeof(uint));
        }

        if (hasSum) Take(ref frame, sizeof(uint));
        if (filled != target.Length || frame.Length > 0) throw Broken();
    }

    private static int Copy(ReadOnlySpan<byte> block, Span<byte> room) => block.TryCopyTo(room) ? block.Length : -1;

    private static int Unpack(ReadOnlySpan<byte> block, Span<byte> room, ReadOnlySpan<byte> before) =>
        block.IsEmpty || room.IsEmpty ? -1 : before.IsEmpty ? LZ4Codec.Decode(block, room) : LZ4Codec.Decode(block, room, before);

    private static uint Number(ref ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(Take(ref frame, sizeof(uint)));

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> frame, long count)
    {
        if (count > frame.Length) throw Broken();
        var taken = frame[..(int)count];
        frame = frame[(int)count..];
        return taken;
    }

    private static XetException Broken() => new("it sent a damaged chunk");
}
