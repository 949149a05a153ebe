namespace LlmOps.Providers;

/// <summary>A volume that outlives the machines it is attached to, and bills until it is deleted.</summary>
public sealed record GpuVolume
{
    /// <summary>The provider's name.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the volume.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its place, which never changes; a machine must be there too.</summary>
    public required string Region { get; init; }

    /// <summary>Its size in GiB; null where it grows with what is on it.</summary>
    public int? SizeGiB { get; init; }

    /// <summary>US dollars for a month of 730 hours, or null.</summary>
    public decimal? PricePerMonth { get; init; }

    /// <summary>The marketplace's cloud that it is in, for a provider that resells several; or null.</summary>
    public string? Cloud { get; init; }
}

/// <summary>A volume to make.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Region">Its place.</param>
/// <param name="SizeGiB">Its size in GiB; not heeded where volumes grow by themselves.</param>
/// <param name="Cloud">The cloud, for a provider that resells several.</param>
public sealed record VolumeSpec(string Name, string Region, int SizeGiB, string? Cloud = null);
