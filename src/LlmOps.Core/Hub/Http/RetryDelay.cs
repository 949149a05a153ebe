namespace LlmOps.Hub;

/// <summary>How long a busy Hub wants to be left alone: its <c>RateLimit</c> header (<c>"resolvers";r=0;t=172</c>), else <c>Retry-After</c>.</summary>
internal static class RetryDelay
{
    /// <summary>Added to what a quota says, since its seconds are whole.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    /// <summary>The longest that anybody is waited for.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(8);

    /// <summary>What the answer asks for, or null.</summary>
    public static TimeSpan? From(HttpResponseMessage response, TimeProvider time)
    {
        foreach (var limit in RateLimit.AllOf(response).Where(limit => limit.Left == 0)) return Bounded(limit.Reset + Margin);
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

    private static TimeSpan Bounded(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;
}
