using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmOps.Hub;

/// <summary>How long a busy Hub wants to be left alone: its <c>RateLimit</c> header (<c>"resolvers";r=0;t=172</c>), else <c>Retry-After</c>.</summary>
internal static partial class RetryDelay
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(8);

    /// <summary>What the answer asks for, or null.</summary>
    public static TimeSpan? From(HttpResponseMessage response, TimeProvider time)
    {
        if (response.Headers.TryGetValues("RateLimit", out var values) && values.Select(Reset).FirstOrDefault(reset => reset is not null) is { } reset)
            return Bounded(reset + Margin);
        return response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => Bounded(delta),
            { Date: { } date } => Bounded(date - time.GetUtcNow()),
            _ => null,
        };
    }

    /// <summary>The wait after so many failures in a row: doubling from a quarter of a second to eight, spread so that many clients do not come back at once.</summary>
    public static TimeSpan Backoff(int failures) =>
        TimeSpan.FromTicks(Math.Min(First.Ticks << Math.Clamp(failures, 0, 10), LongestBackoff.Ticks)) * (0.75 + Random.Shared.NextDouble() / 2);

    /// <summary>The seconds until the quota is filled again; null unless it is used up.</summary>
    internal static TimeSpan? Reset(string header) =>
        Quota().Match(header) is { Success: true } quota && long.Parse(quota.Groups["left"].Value, CultureInfo.InvariantCulture) == 0
            ? TimeSpan.FromSeconds(long.Parse(quota.Groups["seconds"].Value, CultureInfo.InvariantCulture))
            : null;

    private static TimeSpan Bounded(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;

    [GeneratedRegex("""r\s*=\s*(?<left>[0-9]{1,9})\s*;\s*t\s*=\s*(?<seconds>[0-9]{1,9})""", RegexOptions.NonBacktracking)]
    private static partial Regex Quota();
}
