using LlmOps.Providers;
using LlmOps.Renting;

namespace LlmOps.Rigs;

/// <summary>What rig a user wishes to rent, before anything was looked for.</summary>
internal sealed record RigWish
{
    /// <summary>The offers that were given; empty where they are to be looked for.</summary>
    public IReadOnlyList<GpuOffer> Offers { get; init; } = [];

    public IReadOnlyList<string> Providers { get; init; } = [];

    public IReadOnlyList<string> Gpus { get; init; } = [];

    public int GpuCount { get; init; } = 1;

    public decimal? MaxPricePerHour { get; init; }

    public bool Secure { get; init; }

    public string? Region { get; init; }

    public string? Volume { get; init; }

    public int? VolumeSizeGiB { get; init; }

    /// <summary>All else; its candidates and its volume are still to be found.</summary>
    public required RentalRequest Request { get; init; }
}
