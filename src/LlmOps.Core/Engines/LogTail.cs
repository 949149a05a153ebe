namespace LlmOps.Engines;

/// <summary>The end of a log.</summary>
internal static class LogTail
{
    private const int Chunk = 64 * 1024;
    private const long FarthestBack = 64L * 1024 * 1024;

    /// <summary>The last lines of a file; none if there is no file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="count">How many lines.</param>
    public static IReadOnlyList<string> Read(string path, int count)
    {
        var file = new GrowingFile(path, StartOf(path, count));
        var splitter = new LogLineSplitter(barsToo: false);
        var lines = new List<string>();
        for (byte[] read; (read = file.Read()).Length > 0;) lines.AddRange(splitter.Add(read));
        return [.. lines.Concat(splitter.Rest()).TakeLast(count)];
    }

    /// <summary>Where the last lines of a file begin, in bytes.</summary>
    /// <param name="path">The file; need not be there.</param>
    /// <param name="count">How many lines.</param>
    public static long StartOf(string path, int count)
    {
        if (!File.Exists(path)) return 0;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var end = file.Length;
        var buffer = new byte[Chunk];
        var breaks = 0;
        for (var at = end; at > 0 && end - at < FarthestBack;)
        {
            var size = (int)Math.Min(Chunk, at);
            at -= size;
            file.Position = at;
            file.ReadExactly(buffer, 0, size);
            for (var i = size - 1; i >= 0; i--)
                if (buffer[i] == (byte)'\n' && at + i + 1 < end && ++breaks == count) return at + i + 1;
        }

        return Math.Max(0, end - FarthestBack);
    }
}
