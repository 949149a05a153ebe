namespace LlmOps.Hub;

/// <summary>The locks of the Hugging Face cache: <c>flock</c> on Unix and a share mode on Windows, as Python's <c>filelock</c> takes them. The file stays.</summary>
internal static class FileLock
{
    private const UnixFileMode ForGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead;

    private const int HeldOnLinux = 11;
    private const int HeldOnMacOS = 35;
    private const int SharedOnWindows = unchecked((int)0x80070020);
    private const int LockedOnWindows = unchecked((int)0x80070021);

    /// <summary>Takes the lock; null while somebody else holds it.</summary>
    public static FileStream? TryTake(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = ForGroup;
        try
        {
            return new FileStream(path, options);
        }
        catch (IOException held) when (held.HResult is HeldOnLinux or HeldOnMacOS or SharedOnWindows or LockedOnWindows)
        {
            return null;
        }
    }
}
