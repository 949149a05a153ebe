namespace LlmOps.Rigs;

/// <summary>The connections of this process: one a rig, shared by all cmdlets.</summary>
/// <param name="time">The clock.</param>
public sealed class RigConnectionPool(TimeProvider time)
{
    /// <summary>The connection to a rig; nothing is connected yet.</summary>
    /// <param name="rig">The rig.</param>
    public IRigConnection Get(GpuRig rig) => throw new InvalidOperationException($"{rig} {time}");
}
