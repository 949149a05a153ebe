using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>What a provider's failure means for what is to be done next.</summary>
internal static class ProviderFailures
{
    /// <summary>True if the same request may succeed a little later.</summary>
    public static bool MayPass(this ProviderException failure) =>
        failure.Failure is ProviderFailure.Transient or ProviderFailure.RateLimited or ProviderFailure.Protocol or ProviderFailure.Conflict;

    /// <summary>True if no other offer of the same provider would fare better.</summary>
    public static bool IsOfAccount(this ProviderException failure) =>
        failure.Failure is ProviderFailure.KeyRefused or ProviderFailure.Billing or ProviderFailure.Quota or ProviderFailure.Retired or ProviderFailure.Transient or ProviderFailure.RateLimited;
}
