namespace LlmOps.Providers;

/// <summary>What came of the request to end a machine.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="RetryAfter">How long to wait before asking again, where it was not yet possible.</param>
/// <param name="Detail">What the provider said, or null.</param>
public sealed record Termination(TerminationOutcome Outcome, TimeSpan? RetryAfter = null, string? Detail = null)
{
    /// <summary>The provider will end it.</summary>
    public static Termination Accepted { get; } = new(TerminationOutcome.Accepted);

    /// <summary>There was none.</summary>
    public static Termination AlreadyGone { get; } = new(TerminationOutcome.AlreadyGone);

    /// <summary>The provider can't end it yet.</summary>
    /// <param name="after">How long to wait before asking again.</param>
    /// <param name="detail">What the provider said.</param>
    public static Termination NotYet(TimeSpan after, string? detail) => new(TerminationOutcome.NotYet, after, detail);
}

/// <summary>What can come of the request to end a machine.</summary>
public enum TerminationOutcome
{
    /// <summary>The provider will end it; it bills until it is gone.</summary>
    Accepted,

    /// <summary>The provider has no such machine.</summary>
    AlreadyGone,

    /// <summary>The provider can't end it yet, for instance while it boots: ask again.</summary>
    NotYet,
}
