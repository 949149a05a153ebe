using System.Globalization;

namespace LlmOps.Providers.Http;

/// <summary>Reads times as providers write them: ISO 8601, with a blank for its T, and without a zone, which is UTC then.</summary>
internal static class LenientTime
{
    /// <summary>The time, or null.</summary>
    public static DateTimeOffset? Of(string? text) =>
        DateTimeOffset.TryParse(text?.Replace(" UTC", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
