namespace LlmOps.Engines;

/// <summary>Reads what is appended to a file by others.</summary>
/// <param name="path">The file; it need not be there yet.</param>
/// <param name="position">Where to begin, in bytes.</param>
internal sealed class GrowingFile(string path, long position = 0)
{
    private const int Chunk = 64 * 1024;

    /// <summary>Where the next read begins.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Up to 64 KiB of what is new; empty if nothing is. A file that has become shorter is read from its beginning.</summary>
    public byte[] Read()
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (file.Length < Position) Position = 0;
            file.Position = Position;
            var buffer = new byte[(int)Math.Min(Chunk, file.Length - Position)];
            var count = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            Position += count;
            return buffer[..count];
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }
}
