using System.Globalization;

namespace LlmOps.Renting;

/// <summary>What ends a rented machine.</summary>
/// <param name="MaxDuration">How long it may exist.</param>
/// <param name="IdleTimeout">How long it may go unused; null is for ever.</param>
/// <param name="Budget">US dollars that it may cost; null is no such limit.</param>
public sealed record RentalLimits(TimeSpan MaxDuration, TimeSpan? IdleTimeout, decimal? Budget)
{
    /// <summary>The time after which it ends, be it for its age or for its budget.</summary>
    /// <param name="pricePerHour">US dollars for an hour.</param>
    public TimeSpan LongestAt(decimal pricePerHour) => BudgetTime(pricePerHour) is { } spent && spent < MaxDuration ? spent : MaxDuration;

    /// <summary>The most that it can cost, but for what else bills, such as volumes.</summary>
    /// <param name="pricePerHour">US dollars for an hour.</param>
    public decimal CeilingAt(decimal pricePerHour) => pricePerHour * (decimal)LongestAt(pricePerHour).TotalHours;

    /// <summary>How long the budget lasts; null without one, or where nothing is asked for.</summary>
    /// <param name="pricePerHour">US dollars for an hour.</param>
    public TimeSpan? BudgetTime(decimal pricePerHour) =>
        Budget is { } most && pricePerHour > 0 ? TimeSpan.FromHours((double)Math.Min(most / pricePerHour, 100_000m)) : null;

    /// <summary>Such as <c>stops itself after 8 h, $20.00 or 30 min without use</c>.</summary>
    public override string ToString()
    {
        var ends = new List<string> { Words(MaxDuration) };
        if (Budget is { } most) ends.Add(string.Create(CultureInfo.InvariantCulture, $"${most:0.00}"));
        if (IdleTimeout is { } idle) ends.Add($"{Words(idle)} without use");
        return "stops itself after " + (ends.Count == 1 ? ends[0] : string.Join(", ", ends.SkipLast(1)) + " or " + ends[^1]);
    }

    /// <summary>A time as people say it, such as <c>8 h</c> or <c>1 h 30 min</c>.</summary>
    /// <param name="time">The time.</param>
    public static string Words(TimeSpan time)
    {
        if (time < TimeSpan.FromMinutes(1)) return string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");
        var minutes = (long)Math.Round(time.TotalMinutes);
        return (minutes / 60, minutes % 60) switch
        {
            (0, var rest) => string.Create(CultureInfo.InvariantCulture, $"{rest} min"),
            (var hours, 0) => string.Create(CultureInfo.InvariantCulture, $"{hours} h"),
            var (hours, rest) => string.Create(CultureInfo.InvariantCulture, $"{hours} h {rest} min"),
        };
    }
}
