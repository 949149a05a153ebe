namespace LlmOps.Renting;

/// <summary>What a guard holds a machine to. Money is in US dollars, times are by the machine's clock.</summary>
/// <param name="Limits">What ends the machine.</param>
/// <param name="PricePerHour">The price of an hour.</param>
public sealed record GuardLimits(RentalLimits Limits, decimal PricePerHour)
{
    /// <summary>The ends and how far off they are, the first to come first.</summary>
    /// <param name="running">How long the machine has run.</param>
    /// <param name="idle">How long nobody has used it.</param>
    /// <param name="armedBy">Who ends it, or null.</param>
    public IReadOnlyList<RigEnd> Ends(TimeSpan running, TimeSpan? idle, string? armedBy)
    {
        var ends = new List<RigEnd> { End(RigEndKind.Lifetime, armedBy, Limits.MaxDuration - running) };
        if (Limits.BudgetTime(PricePerHour) is { } spent) ends.Add(End(RigEndKind.Budget, armedBy, spent - running));
        if (Limits.IdleTimeout is { } most) ends.Add(idle is { } unused ? End(RigEndKind.Idle, armedBy, most - unused) : new RigEnd(RigEndKind.Idle, armedBy, null, null));
        return [.. ends.OrderBy(end => end.TimeLeft ?? TimeSpan.MaxValue)];
    }

    private RigEnd End(RigEndKind kind, string? armedBy, TimeSpan left) => new(kind, armedBy, left, PricePerHour * (decimal)left.TotalHours);
}
