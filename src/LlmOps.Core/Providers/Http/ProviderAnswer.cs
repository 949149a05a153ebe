namespace LlmOps.Providers.Http;

/// <summary>A provider's whole answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="MediaType">What the body is said to be, or null.</param>
/// <param name="RetryAfter">How long the provider wants to be left alone, or null.</param>
internal sealed record ProviderAnswer(int Status, byte[] Body, string? MediaType, TimeSpan? RetryAfter)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}
