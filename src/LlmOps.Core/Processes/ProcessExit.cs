namespace LlmOps.Processes;

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code, or null if a signal ended it.</param>
/// <param name="Signal">The signal that ended it, or null.</param>
public readonly record struct ProcessExit(int? Code, int? Signal);
