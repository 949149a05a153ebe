namespace LlmOps;

/// <summary>The failures of starting programs.</summary>
public static class ProcessErrors
{
    /// <summary>There is no such program.</summary>
    /// <param name="program">The name or path.</param>
    public static LlmOpsException NotFound(string program) => new(
        "ProgramNotFound", ErrorKind.NotInstalled, $"There is no program '{program}'.", $"Install '{program}', or add its folder to PATH.", program);

    /// <summary>The program could not be started.</summary>
    /// <param name="program">The name or path.</param>
    /// <param name="errno">The system's error number.</param>
    public static LlmOpsException NotStarted(string program, int errno) => new(
        "ProgramNotStarted", ErrorKind.ResourceUnavailable,
        $"'{program}' could not be started: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}).",
        "Look whether the file may be executed and whether the machine has memory and processes left.", program);
}
