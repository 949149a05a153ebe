using System.Globalization;
using LlmOps.Rigs.Facts;

namespace LlmOps.Preflight;

/// <summary>The memory of this process's control group: its limit, and what of it is held by more than the page cache, which gives way (cgroups(7), memory.stat).</summary>
/// <param name="Limit">The limit in bytes; null for none.</param>
/// <param name="Held">What is held, in bytes.</param>
internal sealed record ContainerMemory(long? Limit, long Held)
{
    private const string Root = "/sys/fs/cgroup/";

    /// <summary>What new programs can have; null without a limit.</summary>
    public long? Available => Limit is { } limit ? Math.Max(0, limit - Held) : null;

    /// <summary>Reads it, from version 2 or 1 of control groups.</summary>
    public static ContainerMemory Read()
    {
        var limit = SystemFacts.MemoryLimit(Text("memory.max") ?? Text("memory/memory.limit_in_bytes"));
        return limit is null ? new ContainerMemory(null, 0) : Of(limit.Value, Text("memory.current") ?? Text("memory/memory.usage_in_bytes"), Text("memory.stat") ?? Text("memory/memory.stat"));
    }

    /// <summary>Reads the texts of the files.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="usage">What is charged to the group.</param>
    /// <param name="statistics">Its parts, one a line.</param>
    public static ContainerMemory Of(long limit, string? usage, string? statistics)
    {
        var cache = (statistics ?? "").Split('\n').Select(line => line.Split(' ')).Where(fields => fields is ["inactive_file" or "active_file", _]).Sum(fields => Number(fields[1]));
        return new ContainerMemory(limit, Math.Max(0, Number(usage) - cache));
    }

    private static long Number(string? text) => long.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes < long.MaxValue / 4 ? bytes : 0;

    private static string? Text(string file)
    {
        try
        {
            return File.Exists(Root + file) ? File.ReadAllText(Root + file).Trim() : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
