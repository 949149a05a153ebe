using System.Globalization;

namespace LlmOps.Renting;

/// <summary>One of the ways in which a rented rig ends by itself.</summary>
/// <param name="Kind">What reaches its limit.</param>
/// <param name="ArmedBy">Who ends it: <c>guard</c> on the machine, or the provider's name; null if nobody does.</param>
/// <param name="TimeLeft">How long until then, by the machine's clock; null where that is not known.</param>
/// <param name="MoneyLeft">US dollars until then; null where that is not known.</param>
public sealed record RigEnd(RigEndKind Kind, string? ArmedBy, TimeSpan? TimeLeft, decimal? MoneyLeft)
{
    /// <summary>Such as <c>Lifetime in 7 h 12 min, $6.48 (guard)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Kind}{(TimeLeft is { } time ? $" in {RentalLimits.Words(time < TimeSpan.Zero ? TimeSpan.Zero : time)}" : "")}{(MoneyLeft is { } money ? $", ${Math.Max(0, money):0.00}" : "")} ({ArmedBy ?? "not armed"})");
}

/// <summary>What can end a rented rig.</summary>
public enum RigEndKind
{
    /// <summary>It is as old as it may become.</summary>
    Lifetime,

    /// <summary>It has cost as much as it may.</summary>
    Budget,

    /// <summary>Nobody has used it for as long as that may be.</summary>
    Idle,
}
