namespace LlmOps.State;

/// <summary>Writes files that are either the old or the new one, whatever happens in between.</summary>
public static class AtomicFile
{
    /// <summary>Replaces a file's content; creates its folder if needed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">The new content.</param>
    /// <param name="mode">The permissions on Unix; null is what the umask gives. Use <c>UserRead | UserWrite</c> for a file with a secret.</param>
    /// <param name="durable">False leaves it to the system when the content reaches the disk, for what is written often and may be lost with the power.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null, bool durable = true)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (mode is not null && !OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
            using (var file = new FileStream(temporary, options))
            {
                file.Write(content);
                if (durable) file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
