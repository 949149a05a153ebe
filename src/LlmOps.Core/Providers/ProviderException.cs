namespace LlmOps.Providers;

/// <summary>A failure of a provider, or of the way to it. Made by <see cref="ProviderErrors"/>; never holds a key.</summary>
/// <param name="failure">Why.</param>
/// <param name="errorId">Stable identifier, such as <c>NoGpuCapacity</c>.</param>
/// <param name="kind">The sort of failure.</param>
/// <param name="message">What happened.</param>
/// <param name="recommendedAction">What to do about it.</param>
/// <param name="provider">The provider's name.</param>
/// <param name="inner">The exception underneath, if any.</param>
public sealed class ProviderException(
    ProviderFailure failure, string errorId, ErrorKind kind, string message, string recommendedAction, string provider, Exception? inner = null)
    : LlmOpsException(errorId, kind, message, recommendedAction, provider, inner)
{
    /// <summary>The provider's name.</summary>
    public string Provider { get; } = provider;

    /// <summary>Why.</summary>
    public ProviderFailure Failure { get; } = failure;

    /// <summary>The HTTP status, where there was an answer.</summary>
    public int? Status { get; init; }

    /// <summary>The provider's own code for it, or null.</summary>
    public string? Code { get; init; }

    /// <summary>What the provider said, or null.</summary>
    public string? Detail { get; init; }

    /// <summary>How long the provider wants to be left alone, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True for a request to create of which something may have come: no answer, status 5xx, or an answer that can't be read. Look for its name before anything else.</summary>
    public bool MachineMayExist { get; init; }
}
