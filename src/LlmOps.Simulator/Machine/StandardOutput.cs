using Microsoft.Win32.SafeHandles;

namespace LlmOps.Simulator.Machine;

/// <summary>
/// Standard output that fails when its reader has gone, so that a program ends as one that SIGPIPE ends does; the console's own stream
/// says nothing then. A file keeps the console's stream, which shares its position with whoever else writes to it.
/// </summary>
internal static class StandardOutput
{
    public static Stream Open()
    {
#pragma warning disable CA2000 // the descriptor stays open until the process ends
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 1);
#pragma warning restore CA2000
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }
}
