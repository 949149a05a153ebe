using System.Diagnostics;

namespace LlmOps.Testing;

/// <summary>A test that mounts something or needs a mount namespace of its own; it is skipped where the user may not make one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactAsRootAttribute : FactAttribute
{
    private static readonly Lazy<bool> CanUnshare = new(static () =>
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/unshare")) return false;
        using var unshare = Process.Start(new ProcessStartInfo("/usr/bin/unshare", ["-m", "true"]) { RedirectStandardError = true })!;
        unshare.WaitForExit();
        return unshare.ExitCode == 0;
    });

    public FactAsRootAttribute()
    {
        if (!CanUnshare.Value) Skip = "Mounting needs root.";
    }
}
