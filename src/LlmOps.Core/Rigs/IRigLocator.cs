namespace LlmOps.Rigs;

/// <summary>Says where a rig is now: a rented machine that was restarted often has another address or port than before.</summary>
public interface IRigLocator
{
    /// <summary>The rig as it is to be reached now.</summary>
    /// <param name="rig">The rig as it was reached last.</param>
    /// <param name="cancel">Ends the look.</param>
    ValueTask<GpuRig> LocateAsync(GpuRig rig, CancellationToken cancel);
}
