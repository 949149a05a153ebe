namespace LlmOps.Hub;

/// <summary>Tells one run of the operating system from the next.</summary>
internal static class SystemBoot
{
    private const string LinuxPath = "/proc/sys/kernel/random/boot_id";

    /// <summary>The id of this boot; null where the system tells none.</summary>
    public static Guid? Id { get; } = Read();

    private static Guid? Read()
    {
        try
        {
            return OperatingSystem.IsLinux() && Guid.TryParse(File.ReadAllText(LinuxPath).Trim(), out var id) ? id : null;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
