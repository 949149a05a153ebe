using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LlmOps.Hub;

/// <summary>What of a file has arrived, as one slot of its state file holds it: with a version, a sequence number and a checksum.</summary>
/// <param name="Sequence">Counts the saves of a file; the highest is the newest.</param>
/// <param name="Boot">The boot of the system that wrote it, if what it claims need not have reached the disk; else empty.</param>
/// <param name="ETag">The content's hash.</param>
/// <param name="Size">The file's size in bytes.</param>
/// <param name="Received">The ranges that have arrived, in order.</param>
internal sealed record PartialFileState(long Sequence, Guid Boot, string ETag, long Size, IReadOnlyList<(long Start, long End)> Received)
{
    /// <summary>The length of a slot in bytes.</summary>
    public const int SlotSize = 16 * 1024;

    private const uint Magic = 0x31534D4C; // LMS1
    private const int ChecksumSize = 32;
    private const int HeadSize = 4 + 8 + 16 + ChecksumSize + 8 + 4;
    private const int RangeSize = 16;
    private const int MostRanges = (SlotSize - HeadSize - ChecksumSize) / RangeSize;

    /// <summary>The slot's bytes. Of more ranges than fit, the longest are kept.</summary>
    public byte[] Encode()
    {
        var ranges = Received.Count <= MostRanges ? Received : [.. Received.OrderByDescending(range => range.End - range.Start).Take(MostRanges).OrderBy(range => range.Start)];
        var slot = new byte[HeadSize + ranges.Count * RangeSize + ChecksumSize];
        var rest = slot.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(Take(ref rest, 4), Magic);
        BinaryPrimitives.WriteInt64LittleEndian(Take(ref rest, 8), Sequence);
        Boot.TryWriteBytes(Take(ref rest, 16));
        SHA256.HashData(Encoding.UTF8.GetBytes(ETag), Take(ref rest, ChecksumSize));
        BinaryPrimitives.WriteInt64LittleEndian(Take(ref rest, 8), Size);
        BinaryPrimitives.WriteInt32LittleEndian(Take(ref rest, 4), ranges.Count);
        foreach (var (start, end) in ranges)
        {
            BinaryPrimitives.WriteInt64LittleEndian(Take(ref rest, 8), start);
            BinaryPrimitives.WriteInt64LittleEndian(Take(ref rest, 8), end);
        }

        SHA256.HashData(slot.AsSpan(0, slot.Length - ChecksumSize), rest);
        return slot;
    }

    /// <summary>Reads a slot; null unless it is whole and about this very content.</summary>
    public static PartialFileState? Decode(ReadOnlySpan<byte> slot, string etag, long size)
    {
        if (slot.Length < HeadSize + ChecksumSize || BinaryPrimitives.ReadUInt32LittleEndian(slot) != Magic) return null;
        var count = BinaryPrimitives.ReadInt32LittleEndian(slot[(HeadSize - 4)..]);
        if (count is < 0 or > MostRanges || slot.Length < HeadSize + count * RangeSize + ChecksumSize) return null;
        var body = slot[..(HeadSize + count * RangeSize)];
        if (!SHA256.HashData(body).AsSpan().SequenceEqual(slot.Slice(body.Length, ChecksumSize))) return null;
        if (!SHA256.HashData(Encoding.UTF8.GetBytes(etag)).AsSpan().SequenceEqual(body.Slice(28, ChecksumSize)) || BinaryPrimitives.ReadInt64LittleEndian(body[60..]) != size) return null;
        var ranges = new (long Start, long End)[count];
        var free = 0L;
        for (var index = 0; index < count; index++)
        {
            var range = body.Slice(HeadSize + index * RangeSize, RangeSize);
            var (start, end) = (BinaryPrimitives.ReadInt64LittleEndian(range), BinaryPrimitives.ReadInt64LittleEndian(range[8..]));
            if (start < free || end <= start || end > size) return null;
            ranges[index] = (start, end);
            free = end;
        }

        return new PartialFileState(BinaryPrimitives.ReadInt64LittleEndian(body[4..]), new Guid(body.Slice(12, 16)), etag, size, ranges);
    }

    private static Span<byte> Take(ref Span<byte> rest, int length)
    {
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }
}
