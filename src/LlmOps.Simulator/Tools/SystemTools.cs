using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Tools;

/// <summary>The system's programs through which a rig is checked: <c>df</c>, <c>free</c> and the C compilers.</summary>
internal static class SystemTools
{
    private const int NotFound = 127;
    private const long GiB = 1L << 30;

    /// <summary><c>df -P -k FOLDER</c>: volumes of a machine with room, less what a fault takes.</summary>
    public static async Task<int> DiskFreeAsync(string[] arguments, TextWriter output)
    {
        var machine = SimulatedMachine.OfThisProcess();
        var folder = arguments.LastOrDefault(argument => !argument.StartsWith('-')) ?? "/";
        var (device, total, free) = folder.StartsWith("/dev/shm", StringComparison.Ordinal)
            ? ("shm", machine.HasFault("SmallSharedMemory") ? 64L << 20 : 64 * GiB, machine.HasFault("SmallSharedMemory") ? 64L << 20 : 64 * GiB)
            : ("/dev/nvme0n1", 1800 * GiB, machine.HasFault("DiskFull") ? 0 : 1500 * GiB);
        await output.WriteLineAsync("Filesystem     1024-blocks      Used Available Capacity Mounted on").ConfigureAwait(false);
        await output.WriteLineAsync($"{device} {total >> 10} {(total - free) >> 10} {free >> 10} {(total - free) * 100 / total}% {(device == "shm" ? "/dev/shm" : "/")}").ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>free -b</c>.</summary>
    public static async Task<int> FreeAsync(TextWriter output)
    {
        var available = SimulatedMachine.OfThisProcess().HasFault("LowMemory") ? GiB : 240 * GiB;
        await output.WriteLineAsync("               total        used        free      shared  buff/cache   available").ConfigureAwait(false);
        await output.WriteLineAsync($"Mem:    {256 * GiB} {(256 * GiB) - available} {available / 2} 0 {available / 2} {available}").ConfigureAwait(false);
        await output.WriteLineAsync("Swap:             0           0           0").ConfigureAwait(false);
        return 0;
    }

    /// <summary>A C compiler, which compiles nothing and finds all headers, unless it is to be missing.</summary>
    public static async Task<int> CompilerAsync(string name, string[] arguments, TextWriter output)
    {
        if (SimulatedMachine.OfThisProcess().HasFault("NoCompiler"))
        {
            await Console.Error.WriteLineAsync($"{name}: command not found").ConfigureAwait(false);
            return NotFound;
        }

        if (arguments.Contains("--version")) await output.WriteLineAsync($"{name} (simulated) 13.3.0").ConfigureAwait(false);
        return 0;
    }
}
