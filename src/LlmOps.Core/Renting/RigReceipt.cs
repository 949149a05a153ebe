using System.Globalization;

namespace LlmOps.Renting;

/// <summary>What a rented machine came to. Money is in US dollars.</summary>
public sealed record RigReceipt
{
    /// <summary>The rig's name, or the machine's where it was no rig of this workstation.</summary>
    public required string Name { get; init; }

    /// <summary>The provider's name.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the machine; null if none was ever made.</summary>
    public string? MachineId { get; init; }

    /// <summary>When it was made; null if none was, or where that is not known.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the provider had said twice that it is gone.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>How long it ran, by its own clock; where nobody saw its end, no longer than what was to end it let it.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The price of an hour.</summary>
    public decimal PricePerHour { get; init; }

    /// <summary>What it cost: by the provider where it says, else hours times price.</summary>
    public decimal Cost { get; init; }

    /// <summary>True if the provider itself said so.</summary>
    public bool IsCostFromProvider { get; init; }

    /// <summary>True for a machine that did not exist, of the simulated provider; nothing is paid then.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>What goes on billing, such as a volume with its price.</summary>
    public IReadOnlyList<string> StillBilled { get; init; } = [];

    /// <summary>How it ended, in a sentence; null where it was simply removed.</summary>
    public string? Note { get; init; }

    /// <summary>Such as <c>big: 1.5 h, $1.35</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name}: {Duration.TotalHours:0.##} h, ${Cost:0.00}{(IsSimulated ? " (simulated)" : "")}{(StillBilled.Count == 0 ? "" : "; goes on billing: " + string.Join(", ", StillBilled))}");
}
