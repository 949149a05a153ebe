using System.Text.Json.Serialization;
using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>What a rig costs, and what ends it. Prices are in US dollars.</summary>
public sealed record RigRental
{
    /// <summary>Eight characters, which are the last of the machine's name.</summary>
    public required string Id { get; init; }

    /// <summary>The provider's name.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the machine.</summary>
    public required string MachineId { get; init; }

    /// <summary>The machine's name at the provider.</summary>
    public required string MachineName { get; init; }

    /// <summary>The place, or null.</summary>
    public string? Region { get; init; }

    /// <summary>The price of an hour.</summary>
    public required decimal PricePerHour { get; init; }

    /// <summary>What ends it.</summary>
    public required RentalLimits Limits { get; init; }

    /// <summary>When the provider will end it by itself; null if it will not.</summary>
    public DateTimeOffset? ProviderExpiry { get; init; }

    /// <summary>True if the guard on the machine ends it.</summary>
    public bool Guarded { get; init; }

    /// <summary>The volume that is attached, or null.</summary>
    public GpuVolume? Volume { get; init; }

    /// <summary>What was known of it when it was last asked about; null where nobody has asked.</summary>
    [JsonIgnore]
    public RentalStatus? Status { get; init; }

    /// <summary>What is kept of a rental in the rig's profile.</summary>
    /// <param name="rental">The rental.</param>
    internal static RigRental Of(Rental rental) => new()
    {
        Id = rental.Id,
        Provider = rental.Terms.Provider,
        MachineId = rental.MachineId ?? "",
        MachineName = rental.Terms.MachineName,
        Region = rental.Terms.Region,
        PricePerHour = rental.Terms.PricePerHour,
        Limits = rental.Terms.Limits,
        ProviderExpiry = rental.Terms.ProviderExpiry,
        Guarded = rental.Terms.Guarded,
        Volume = rental.Terms.Volume,
    };

    /// <summary>Such as <c>$0.90/h at RunPod</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"${PricePerHour:0.00##}/h at {Provider}");
}
