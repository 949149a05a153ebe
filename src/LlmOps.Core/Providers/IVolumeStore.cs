namespace LlmOps.Providers;

/// <summary>A provider that keeps volumes which outlive the machines they are attached to.</summary>
public interface IVolumeStore
{
    /// <summary>All volumes of the account: all pages, or a failure.</summary>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">The list can't be had whole.</exception>
    Task<IReadOnlyList<GpuVolume>> ListVolumesAsync(CancellationToken cancel);

    /// <summary>Makes a volume; it bills from then on.</summary>
    /// <param name="spec">What to make.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">It failed; <see cref="ProviderException.MachineMayExist"/> says whether a volume may have come of it.</exception>
    Task<GpuVolume> CreateVolumeAsync(VolumeSpec spec, CancellationToken cancel);

    /// <summary>Deletes a volume and what is on it.</summary>
    /// <param name="id">The provider's id of the volume.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">The provider can't be asked, or refuses for good.</exception>
    Task<Termination> DeleteVolumeAsync(string id, CancellationToken cancel);
}
