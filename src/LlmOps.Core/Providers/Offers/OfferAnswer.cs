namespace LlmOps.Providers;

/// <summary>What one provider answered to the question what is for rent.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Offers">Its offers; empty where it failed.</param>
/// <param name="Failure">Why it failed, or null.</param>
public sealed record OfferAnswer(string Provider, IReadOnlyList<GpuOffer> Offers, LlmOpsException? Failure = null);
