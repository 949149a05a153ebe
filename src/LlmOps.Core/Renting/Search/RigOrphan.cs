namespace LlmOps.Renting;

/// <summary>A machine that bills, or may bill, and that nobody looks after any more.</summary>
public sealed record RigOrphan
{
    /// <summary>The machine's name at the provider.</summary>
    public required string Name { get; init; }

    /// <summary>The provider's name.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the machine; null where only the journal knows that it was asked for.</summary>
    public string? MachineId { get; init; }

    /// <summary>The eight characters of whoever rented it.</summary>
    public required string Owner { get; init; }

    /// <summary>Why it is taken for one.</summary>
    public required OrphanReason Reason { get; init; }

    /// <summary>The provider's own word for its state, or null.</summary>
    public string? Status { get; init; }

    /// <summary>The name of the rig that it was to be, where this workstation's journal knows it.</summary>
    public string? RigName { get; init; }

    /// <summary>US dollars for an hour, or null.</summary>
    public decimal? PricePerHour { get; init; }

    /// <summary>When it was made, or null.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The rental, where this workstation's journal has it open.</summary>
    internal Rental? Rental { get; init; }

    /// <summary>The machine's name, and its rig's.</summary>
    public override string ToString() => RigName is null ? Name : $"{Name} ({RigName})";
}

/// <summary>Why a machine is taken for an orphan.</summary>
public enum OrphanReason
{
    /// <summary>This workstation's journal does not know it, or has closed it.</summary>
    Unknown,

    /// <summary>Whoever asked for it was gone before it was ready.</summary>
    NeverReady,

    /// <summary>The script block that it was rented for is over.</summary>
    BlockOver,

    /// <summary>Its end was asked for, and the provider has not confirmed it.</summary>
    EndUnconfirmed,

    /// <summary>It should have ended by itself long ago.</summary>
    Overdue,
}
