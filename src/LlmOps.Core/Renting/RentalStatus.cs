namespace LlmOps.Renting;

/// <summary>How a rented rig stood when it was last asked about.</summary>
public sealed record RentalStatus
{
    /// <summary>How far it is.</summary>
    public required RentalState State { get; init; }

    /// <summary>The provider's own word for it; null where it could not be asked.</summary>
    public string? Said { get; init; }

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset CheckedAt { get; init; }

    /// <summary>How long the machine has run, by its own clock.</summary>
    public required TimeSpan RunningTime { get; init; }

    /// <summary>What it has cost so far, in US dollars.</summary>
    public required decimal Cost { get; init; }

    /// <summary>What ends it, the first to come first.</summary>
    public required IReadOnlyList<RigEnd> Ends { get; init; }

    /// <summary>The end that comes first, or null.</summary>
    public RigEnd? Next => Ends.Count == 0 ? null : Ends[0];

    /// <summary>The state with the provider's own word.</summary>
    public override string ToString() => Said is null ? $"{State}" : $"{State} ({Said})";
}
