using System.Buffers;

namespace LlmOps.Hub.Xet;

/// <summary>Reads the chunks of one answer, one after the other, with memory for one of them.</summary>
internal sealed class ChunkReader(Stream body, Uri address, IRangeConnection connection) : IDisposable
{
    private readonly byte[] _packed = ArrayPool<byte>.Shared.Rent(ChunkHeader.Size + ChunkHeader.MostPackedBytes);
    private readonly byte[] _plain = ArrayPool<byte>.Shared.Rent(ChunkHeader.MostBytes);
    private readonly byte[] _grouped = ArrayPool<byte>.Shared.Rent(ChunkHeader.MostBytes);
    private int _start;
    private int _end;

    /// <summary>Reads the next chunk.</summary>
    /// <param name="isWanted">False to pass over its bytes.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>The plain bytes, good until the next call; empty if they were not wanted.</returns>
    /// <exception cref="XetException">It is no chunk, or the answer ended.</exception>
    /// <exception cref="HubTransientException">The network failed.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(bool isWanted, CancellationToken cancel)
    {
        await FillAsync(ChunkHeader.Size, cancel).ConfigureAwait(false);
        var header = ChunkHeader.Parse(_packed.AsSpan(_start, ChunkHeader.Size));
        _start += ChunkHeader.Size;
        await FillAsync(header.PackedLength, cancel).ConfigureAwait(false);
        var packed = _packed.AsMemory(_start, header.PackedLength);
        _start += header.PackedLength;
        if (!isWanted) return default;
        if (header.Compression == ChunkCompression.None) return packed;
        var plain = _plain.AsMemory(0, header.Length);
        Unpack(header, packed.Span, plain.Span);
        return plain;
    }

    public void Dispose()
    {
        foreach (var buffer in new[] { _packed, _plain, _grouped }) ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Unpack(ChunkHeader header, ReadOnlySpan<byte> packed, Span<byte> plain)
    {
        if (header.Compression == ChunkCompression.Lz4)
        {
            Lz4Frame.Unpack(packed, plain);
            return;
        }

        var grouped = _grouped.AsSpan(0, header.Length);
        Lz4Frame.Unpack(packed, grouped);
        ByteGroups.Spread(grouped, plain);
    }

    /// <summary>Has so many bytes at hand.</summary>
    private async ValueTask FillAsync(int count, CancellationToken cancel)
    {
        if (_end - _start >= count) return;
        _packed.AsSpan(_start.._end).CopyTo(_packed);
        (_start, _end) = (0, _end - _start);
        while (_end < count)
        {
            var came = await connection.ReadAsync(body, _packed.AsMemory(_end), address, cancel).ConfigureAwait(false);
            if (came == 0) throw new XetException("an answer ended within a chunk");
            _end += came;
        }
    }
}
