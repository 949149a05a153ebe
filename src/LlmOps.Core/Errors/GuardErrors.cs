namespace LlmOps;

/// <summary>The failures of the guard that ends a rented machine.</summary>
public static class GuardErrors
{
    /// <summary>No guard was armed on the machine.</summary>
    public static LlmOpsException Missing() => new(
        "GuardMissing", ErrorKind.ObjectNotFound, "No guard was armed on this machine.", "End the rig yourself with Remove-GpuRig, and rent without -NoGuard next time.");

    /// <summary>The guard did not start.</summary>
    /// <param name="log">Its log on the machine.</param>
    public static LlmOpsException NotStarted(string log) => new(
        "GuardNotStarted", ErrorKind.ResourceUnavailable, $"The guard did not start on the machine within 20 s; its log is '{log}'.",
        "Look whether the machine has processes, memory and disk left (Test-GpuRig), then run the command again.", log);
}
