using System.Security;
using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>A wish to rent a rig.</summary>
public sealed record RentalRequest
{
    /// <summary>The name of the rig.</summary>
    public required string RigName { get; init; }

    /// <summary>What may be rented, the first choice first; the next is asked for where one is refused.</summary>
    public required IReadOnlyList<GpuOffer> Candidates { get; init; }

    /// <summary>What ends it.</summary>
    public required RentalLimits Limits { get; init; }

    /// <summary>The image, or null for one that is known to work.</summary>
    public string? Image { get; init; }

    /// <summary>The place; null is any of the offer's.</summary>
    public string? Region { get; init; }

    /// <summary>The volume to attach, or null.</summary>
    public GpuVolume? Volume { get; init; }

    /// <summary>The disk in GiB where it can be chosen, or null.</summary>
    public int? DiskGiB { get; init; }

    /// <summary>The user's private key; null makes one for this rig.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>False arms no guard on the machine.</summary>
    public bool Guard { get; init; } = true;

    /// <summary>The key that the guard ends the machine with; null takes the narrowest that there is.</summary>
    public SecureString? GuardKey { get; init; }

    /// <summary>Returns as soon as there is a machine; it is made ready meanwhile.</summary>
    public bool NoWait { get; init; }

    /// <summary>Leaves a machine that does not become ready, so that it can be looked at.</summary>
    public bool KeepOnFailure { get; init; }

    /// <summary>True if the rig is for the length of a script block.</summary>
    public bool ForBlock { get; init; }
}
