using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmOps.Hub;

/// <summary>What a header <c>RateLimit: "resolvers";r=2998;t=172</c> says.</summary>
/// <param name="Left">How many requests are left.</param>
/// <param name="Reset">When the quota is full again.</param>
internal readonly partial record struct RateLimit(long Left, TimeSpan Reset)
{
    /// <summary>What an answer says of each of its quotas; nothing where it has no such header.</summary>
    public static IEnumerable<RateLimit> AllOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("RateLimit", out var values) ? values.SelectMany(value => Pattern().Matches(value)).Select(Of) : [];

    /// <summary>Reads a header; null if it is none.</summary>
    public static RateLimit? Parse(string header) => Pattern().Match(header) is { Success: true } limit ? Of(limit) : null;

    private static RateLimit Of(Match limit) =>
        new(long.Parse(limit.Groups["left"].Value, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(long.Parse(limit.Groups["seconds"].Value, CultureInfo.InvariantCulture)));

    [GeneratedRegex("""r\s*=\s*(?<left>[0-9]{1,9})\s*;\s*t\s*=\s*(?<seconds>[0-9]{1,9})""", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
