namespace LlmOps.Renting;

/// <summary>What rented machines have cost. Money is in US dollars, times are by the machines' clocks.</summary>
public sealed record RigCost
{
    /// <summary>What the figures are of: a rig, a day, a provider.</summary>
    public required string Of { get; init; }

    /// <summary>The provider's name; null where they are of several.</summary>
    public string? Provider { get; init; }

    /// <summary>How many machines.</summary>
    public required int Machines { get; init; }

    /// <summary>How many of them still run.</summary>
    public required int Running { get; init; }

    /// <summary>How long they ran, together.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What those that run cost in an hour, together.</summary>
    public required decimal PerHour { get; init; }

    /// <summary>What they have cost so far.</summary>
    public required decimal Cost { get; init; }

    /// <summary>What they will have cost by the latest of their ends.</summary>
    public required decimal CostByEnd { get; init; }

    /// <summary>Where the figures come from.</summary>
    public required CostSource Source { get; init; }

    /// <summary>Such as <c>big: $1.35</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Of}: ${Cost:0.00}");
}

/// <summary>Where a cost comes from.</summary>
public enum CostSource
{
    /// <summary>Hours times price, by the journal.</summary>
    Journal,

    /// <summary>The provider's own billing.</summary>
    Provider,

    /// <summary>Some of each.</summary>
    Mixed,
}

/// <summary>What costs are added up by.</summary>
public enum CostGrouping
{
    /// <summary>Each rental for itself.</summary>
    Rig,

    /// <summary>By the day on which it began, by this workstation's calendar.</summary>
    Day,

    /// <summary>By provider.</summary>
    Provider,
}
