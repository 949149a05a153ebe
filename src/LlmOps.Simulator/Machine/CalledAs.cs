using System.Text;

namespace LlmOps.Simulator.Machine;

/// <summary>The name and the path by which this program was called; .NET itself tells only where the executable lies.</summary>
internal static class CalledAs
{
    /// <summary>argv[0] as the caller gave it.</summary>
    public static string Path { get; } = Encoding.UTF8.GetString(File.ReadAllBytes("/proc/self/cmdline").TakeWhile(letter => letter != 0).ToArray());

    /// <summary>Its last part, such as <c>nvidia-smi</c>.</summary>
    public static string Name => System.IO.Path.GetFileName(Path);
}
