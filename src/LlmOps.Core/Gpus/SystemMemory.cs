namespace LlmOps.Gpus;

/// <summary>The memory of the whole machine, from <c>/proc/meminfo</c> (proc_meminfo(5)); its figures are in KiB.</summary>
/// <param name="Total">All memory, in bytes.</param>
/// <param name="Available">What new programs can have without swapping, in bytes.</param>
internal sealed record SystemMemory(long? Total, long? Available)
{
    private const string Source = "/proc/meminfo";

    public static SystemMemory Read() => File.Exists(Source) ? Parse(File.ReadLines(Source)) : new SystemMemory(null, null);

    public static SystemMemory Parse(IEnumerable<string> lines)
    {
        long? total = null, available = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal)) total = Bytes(line);
            else if (line.StartsWith("MemAvailable:", StringComparison.Ordinal)) available = Bytes(line);
        }

        return new SystemMemory(total, available);
    }

    private static long? Bytes(string line) => SmiValue.Number(line[(line.IndexOf(':') + 1)..]) is { } kibi and >= 0 ? (long)(kibi * 1024) : null;
}
