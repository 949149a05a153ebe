namespace LlmOps.Hub.Xet;

/// <summary>How a chunk is packed, as its header says it.</summary>
internal enum ChunkCompression : byte
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>An LZ4 frame.</summary>
    Lz4 = 1,

    /// <summary>The bytes in four groups (<see cref="ByteGroups"/>), and those in an LZ4 frame.</summary>
    GroupedLz4 = 2,
}
