using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>Finds or makes the volume that a rented machine is to mount.</summary>
/// <param name="provider">The account.</param>
/// <param name="time">The clock.</param>
public sealed class VolumeChoice(IGpuProvider provider, TimeProvider time)
{
    /// <summary>The volume of that name or id; null if there is none.</summary>
    /// <param name="name">The name or the id.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="LlmOpsException"><c>ProviderUnsupported</c>, or the provider can't be asked.</exception>
    public async Task<GpuVolume?> FindAsync(string name, CancellationToken cancel)
    {
        var volumes = await Store().ListVolumesAsync(cancel).ConfigureAwait(false);
        return volumes.FirstOrDefault(volume => volume.Id == name) ?? volumes.FirstOrDefault(volume => volume.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Makes a volume. Where the answer is lost, it is looked for by its name, and never asked for a second time.</summary>
    /// <param name="spec">What to make.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">It could not be made.</exception>
    public async Task<GpuVolume> CreateAsync(VolumeSpec spec, CancellationToken cancel)
    {
        try
        {
            return await Store().CreateVolumeAsync(spec, cancel).ConfigureAwait(false);
        }
        catch (ProviderException lost) when (lost.MachineMayExist)
        {
            var began = time.GetTimestamp();
            do
            {
                await Task.Delay(provider.Info.PollInterval, time, cancel).ConfigureAwait(false);
                if (await FindAsync(spec.Name, cancel).ConfigureAwait(false) is { } found) return found;
            }
            while (time.GetElapsedTime(began) < provider.Info.ListingLag);
            throw;
        }
    }

    private IVolumeStore Store() => provider as IVolumeStore
        ?? throw ProviderErrors.Unsupported(provider.Info.Name, "keep volumes", "Leave -Volume out, or rent from a provider that has volumes (RunPod, Shadeform, Lambda).");
}
