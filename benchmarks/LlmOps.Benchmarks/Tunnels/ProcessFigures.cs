using System.Globalization;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>What a process has used and holds (proc(5)).</summary>
internal static class ProcessFigures
{
    private const double TicksPerSecond = 100; // sysconf(_SC_CLK_TCK), 100 on every Linux that .NET runs on

    /// <summary>The processor seconds of all its threads since its start; 0 for no process.</summary>
    public static double ProcessorSeconds(int? process)
    {
        if (process is not { } id) return 0;
        var stat = File.ReadAllText($"/proc/{id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>How many threads it has.</summary>
    public static int Threads(int process) => (int)Status(process, "Threads:");

    /// <summary>How many bytes of it are resident.</summary>
    public static long Resident(int process) => Status(process, "VmRSS:") * 1024;

    private static long Status(int process, string field) =>
        File.ReadLines($"/proc/{process}/status").Where(line => line.StartsWith(field, StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)).Single();
}
