namespace LlmOps.Providers;

/// <summary>Why a provider did not do what it was asked.</summary>
public enum ProviderFailure
{
    /// <summary>The answer made no sense.</summary>
    Protocol,

    /// <summary>The key is not known.</summary>
    KeyRefused,

    /// <summary>The key is known, and not allowed this.</summary>
    Forbidden,

    /// <summary>The account can't pay.</summary>
    Billing,

    /// <summary>The account's limit is reached.</summary>
    Quota,

    /// <summary>Nothing of that sort is free: try the next candidate.</summary>
    NoCapacity,

    /// <summary>The request itself is wrong: it will be wrong again.</summary>
    InvalidRequest,

    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>It does not apply to the state that the thing is in.</summary>
    Conflict,

    /// <summary>Too many requests.</summary>
    RateLimited,

    /// <summary>The network or the provider failed, which may pass.</summary>
    Transient,

    /// <summary>The provider has closed this interface for good.</summary>
    Retired,
}
