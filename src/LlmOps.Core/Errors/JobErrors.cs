namespace LlmOps;

/// <summary>The failures of work that runs detached on a rig.</summary>
public static class JobErrors
{
    /// <summary>The process of a job ended without a result.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="logTail">The last lines of its log.</param>
    public static LlmOpsException Died(string job, string logTail) => new(
        "JobDied", ErrorKind.OperationStopped, $"The {job} on the rig ended before it was done.{(logTail.Length == 0 ? "" : Environment.NewLine + logTail)}",
        "Run the command again; it goes on from where it was.", job);

    /// <summary>The process of a job could not be started.</summary>
    /// <param name="job">The job's name.</param>
    public static LlmOpsException NotStarted(string job) => new(
        "JobNotStarted", ErrorKind.ResourceUnavailable, $"The {job} did not start on the rig within 30 s.",
        "Look whether the rig has processes, memory and disk left (Test-GpuRig), then run the command again.", job);
}
