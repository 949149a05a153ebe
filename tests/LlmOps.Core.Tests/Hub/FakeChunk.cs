using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace LlmOps.Hub.Tests;

/// <summary>Packs chunks as Xet storage does.</summary>
internal static class FakeChunk
{
    /// <summary>A chunk with its header.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> plain, int scheme)
    {
        var payload = scheme switch { 0 => plain.ToArray(), 1 => Frame(plain), _ => Frame(Group(plain)) };
        var chunk = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(chunk, (uint)payload.Length << 8);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(4), ((uint)plain.Length << 8) | (uint)scheme);
        payload.CopyTo(chunk.AsSpan(8));
        return chunk;
    }

    /// <summary>An LZ4 frame of independent blocks; what does not compress is stored.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> plain, int blockSize = 64 * 1024, byte flags = 0x60)
    {
        var frame = new List<byte> { 0x04, 0x22, 0x4D, 0x18, flags, 0x40 };
        if ((flags & 0x08) != 0) frame.AddRange(BitConverter.GetBytes((long)plain.Length));
        frame.Add(0x82);
        for (; plain.Length > 0; plain = plain[Math.Min(blockSize, plain.Length)..])
        {
            var block = plain[..Math.Min(blockSize, plain.Length)];
            var packed = new byte[LZ4Codec.MaximumOutputSize(block.Length)];
            var count = LZ4Codec.Encode(block, packed);
            var isStored = count >= block.Length;
            frame.AddRange(BitConverter.GetBytes(isStored ? (uint)block.Length | 0x8000_0000 : (uint)count));
            frame.AddRange(isStored ? block.ToArray() : packed[..count]);
            if ((flags & 0x10) != 0) frame.AddRange(new byte[4]);
        }

        frame.AddRange(new byte[(flags & 0x04) != 0 ? 8 : 4]);
        return [.. frame];
    }

    private static byte[] Group(ReadOnlySpan<byte> plain)
    {
        var grouped = new byte[plain.Length];
        var filled = 0;
        for (var group = 0; group < 4; group++)
        {
            for (var at = group; at < plain.Length; at += 4) grouped[filled++] = plain[at];
        }

        return grouped;
    }
}
