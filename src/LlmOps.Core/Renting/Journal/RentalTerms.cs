using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>What was agreed when a machine was rented. Prices are in US dollars.</summary>
public sealed record RentalTerms
{
    /// <summary>The name of the rig, which cmdlets take.</summary>
    public required string RigName { get; init; }

    /// <summary>The machine's name at the provider; unique, see <see cref="Renting.MachineName"/>.</summary>
    public required string MachineName { get; init; }

    /// <summary>The provider's name.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's name of the product.</summary>
    public required string Product { get; init; }

    /// <summary>The GPU.</summary>
    public required string Gpu { get; init; }

    /// <summary>How many GPUs.</summary>
    public required int GpuCount { get; init; }

    /// <summary>The place, or null.</summary>
    public string? Region { get; init; }

    /// <summary>The price of an hour.</summary>
    public required decimal PricePerHour { get; init; }

    /// <summary>What ends it.</summary>
    public required RentalLimits Limits { get; init; }

    /// <summary>How many times faster than this workstation's its clock runs: 1, but for simulated machines.</summary>
    public double ClockSpeed { get; init; } = 1;

    /// <summary>The volume that is attached and outlives the machine, or null.</summary>
    public GpuVolume? Volume { get; init; }

    /// <summary>The private key that opens it.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>True if that key was made for this rental and goes with it.</summary>
    public bool OwnsKey { get; init; }

    /// <summary>When the provider will end it by itself, as read back from it; null if it will not.</summary>
    public DateTimeOffset? ProviderExpiry { get; init; }

    /// <summary>True if the guard on the machine has been armed.</summary>
    public bool Guarded { get; init; }

    /// <summary>True if no guard is wanted on the machine.</summary>
    public bool Unguarded { get; init; }

    /// <summary>True if the guard was given a key of its own, which is kept nowhere but on the machine: no other key may go there in its place.</summary>
    public bool OwnGuardKey { get; init; }

    /// <summary>True if a guard can't be armed again: the key that it was given is kept nowhere, and the account's, which can do more, may not go there in its place.</summary>
    /// <param name="provider">The provider.</param>
    public bool LacksGuardKey(GpuProviderInfo provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return OwnGuardKey && !provider.Can(ProviderCapabilities.MachineKey);
    }

    /// <summary>True if it is for the length of a script block: once the process that runs it is gone, nobody wants the machine any more.</summary>
    public bool ForBlock { get; init; }

    /// <summary>The machine in a line, such as <c>2×NVIDIA A40, $0.90/h at RunPod</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{GpuCount}×{Gpu}, ${PricePerHour:0.00##}/h at {Provider}");
}
