using System.Runtime.InteropServices;

namespace LlmOps.Benchmarks;

/// <summary>Signals to processes (signal(7)).</summary>
internal static class Signals
{
    public const int Kill = 9;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>The exit code of a process that a signal has ended.</summary>
    public static int ExitCodeOf(int signal) => 128 + signal;

    public static void Send(int process, int signal) => _ = KillProcess(process, signal);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int KillProcess(int process, int signal);
}
