namespace LlmOps.Hub;

/// <summary>How much room a volume has.</summary>
internal static class DiskSpace
{
    private const int UnixNoSpace = 28;
    private const int UnixQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Bytes free for this user on the volume of a folder that may not exist yet; null where the system does not say.</summary>
    public static long? Free(string folder) => Ask(folder, volume => volume.AvailableFreeSpace);

    /// <summary>The size in bytes of the volume of a folder that may not exist yet; null where the system does not say.</summary>
    public static long? Total(string folder) => Ask(folder, volume => volume.TotalSize);

    /// <summary>True if a write failed since the volume is full.</summary>
    public static bool IsFull(IOException failure) => failure.HResult is UnixNoSpace or UnixQuota or WindowsDiskFull;

    private static long? Ask(string folder, Func<DriveInfo, long> question)
    {
        var existing = folder;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent) existing = parent;
        try
        {
            return question(new DriveInfo(existing));
        }
        catch (Exception unknown) when (unknown is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
