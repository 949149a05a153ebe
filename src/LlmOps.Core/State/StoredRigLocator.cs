using LlmOps.Rigs;

namespace LlmOps.State;

/// <summary>Takes the connection profile of now, which another command may have written since. A rig that is no longer kept, or another one of the same name, changes nothing.</summary>
/// <param name="rigs">The profiles.</param>
public sealed class StoredRigLocator(RigStore rigs) : IRigLocator
{
    /// <inheritdoc/>
    public ValueTask<GpuRig> LocateAsync(GpuRig rig, CancellationToken cancel) =>
        ValueTask.FromResult(rigs.Find(rig.Name) is { } stored && stored.CreatedAt == rig.CreatedAt && stored.Kind == rig.Kind ? stored : rig);
}
