using LlmOps.Rigs;

namespace LlmOps.Renting;

/// <summary>The way to a rented machine once its provider has named its SSH server.</summary>
public interface IRigAccess
{
    /// <summary>Logs in, and pins the host key of a machine that nobody has been to before.</summary>
    /// <param name="rig">The machine.</param>
    /// <param name="otherUsers">Who else to try to log in as.</param>
    /// <param name="cancel">Ends the attempt.</param>
    Task<RigReach> TryReachAsync(GpuRig rig, IReadOnlyList<string> otherUsers, CancellationToken cancel);

    /// <summary>Puts the agent on the machine, looks at its GPUs and arms its guard.</summary>
    /// <param name="rig">The machine.</param>
    /// <param name="guard">What the guard is to do; null arms none.</param>
    /// <param name="cancel">Ends the attempt.</param>
    /// <returns>The rig with what was seen.</returns>
    /// <exception cref="LlmOpsException">The machine can't be prepared; <c>RigGuardNotArmed</c> where only its guard can't.</exception>
    Task<GpuRig> PrepareAsync(GpuRig rig, GuardOrder? guard, CancellationToken cancel);

    /// <summary>Gives up what is kept open to the machine.</summary>
    /// <param name="rig">The machine.</param>
    Task CloseAsync(GpuRig rig);
}

/// <summary>What came of an attempt to log in.</summary>
/// <param name="Rig">The rig as it can be reached; null if it can't be yet.</param>
/// <param name="Reason">Why not, or null.</param>
public sealed record RigReach(GpuRig? Rig, string? Reason);
