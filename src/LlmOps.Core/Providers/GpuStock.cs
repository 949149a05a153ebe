namespace LlmOps.Providers;

/// <summary>How much of an offer is free, as the provider says: an ordering, not a promise.</summary>
public enum GpuStock
{
    /// <summary>The provider does not say.</summary>
    Unknown,

    /// <summary>Nothing is free.</summary>
    None,

    /// <summary>Little is free.</summary>
    Low,

    /// <summary>Some is free.</summary>
    Medium,

    /// <summary>Much is free.</summary>
    High,
}
