using System.Globalization;
using System.Runtime.InteropServices;

namespace LlmOps.Rigs.Facts;

/// <summary>What Linux says about itself in its files. Each member is a pure reading of text, so that other machines' files can be tried.</summary>
internal static partial class SystemFacts
{
    /// <summary>How the line of <c>/proc/self/limits</c> begins that tells of open files.</summary>
    public const string OpenFiles = "Max open files";

    /// <summary>The value of a key of <c>os-release</c>(5), without its quotes.</summary>
    public static string? OsRelease(IEnumerable<string> lines, string key) =>
        lines.FirstOrDefault(line => line.StartsWith(key + "=", StringComparison.Ordinal)) is { } line ? line[(key.Length + 1)..].Trim().Trim('"', '\'') : null;

    /// <summary>The processor's name in <c>/proc/cpuinfo</c>; on arm64 there is often none, then the implementer and part.</summary>
    public static string? CpuName(IEnumerable<string> lines)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':');
            if (colon > 0) fields.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
        }

        return fields.GetValueOrDefault("model name") ?? fields.GetValueOrDefault("Model")
            ?? (fields.TryGetValue("CPU part", out var part) ? $"implementer {fields.GetValueOrDefault("CPU implementer")} part {part}" : null);
    }

    /// <summary>The soft limit of open files in <c>/proc/self/limits</c>; "unlimited" is <see cref="long.MaxValue"/>.</summary>
    public static long? OpenFileLimit(IEnumerable<string> lines)
    {
        var line = lines.FirstOrDefault(line => line.StartsWith(OpenFiles, StringComparison.Ordinal));
        return line?[OpenFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
            ? soft == "unlimited" ? long.MaxValue : long.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : null
            : null;
    }

    /// <summary>A limit of the control group's memory, version 2 (<c>memory.max</c>) or 1; null for none. Version 1 says none by a number near 2^63.</summary>
    public static long? MemoryLimit(string? text) =>
        long.TryParse(text?.Trim(), CultureInfo.InvariantCulture, out var limit) && limit < long.MaxValue / 2 ? limit : null;

    /// <summary>What the machine runs inside of, by the marks that each kind leaves; null if there are none.</summary>
    /// <param name="exists">Whether a file is there.</param>
    /// <param name="read">A file's text, or null.</param>
    public static string? Virtualization(Func<string, bool> exists, Func<string, string?> read)
    {
        var groups = read("/proc/1/cgroup") ?? "";
        var kernel = read("/proc/sys/kernel/osrelease") ?? "";
        if (exists("/var/run/secrets/kubernetes.io") || groups.Contains("kubepods", StringComparison.Ordinal)) return "kubernetes";
        if (exists("/.dockerenv") || groups.Contains("docker", StringComparison.Ordinal)) return "docker";
        if (exists("/run/.containerenv") || groups.Contains("libpod", StringComparison.Ordinal)) return "podman";
        if (groups.Contains("/lxc", StringComparison.Ordinal) || exists("/dev/lxd/sock")) return "lxc";
        if (kernel.Contains("microsoft", StringComparison.OrdinalIgnoreCase)) return "wsl";
        if (read("/proc/cpuinfo")?.Contains(" hypervisor", StringComparison.Ordinal) != true) return null;
        var product = string.Join(' ', new[] { read("/sys/class/dmi/id/sys_vendor"), read("/sys/class/dmi/id/product_name") }.Where(part => !string.IsNullOrWhiteSpace(part)).Select(part => part!.Trim()).Distinct());
        return product.Length > 0 ? product : "virtual machine";
    }

    /// <summary>The running GNU C library's version.</summary>
    public static string? Glibc() => OperatingSystem.IsLinux() ? Marshal.PtrToStringUTF8(GetGlibcVersion()) : null;

    [LibraryImport("libc", EntryPoint = "gnu_get_libc_version")]
    private static partial nint GetGlibcVersion();
}
