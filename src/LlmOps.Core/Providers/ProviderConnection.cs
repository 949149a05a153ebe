namespace LlmOps.Providers;

/// <summary>What a provider's client works with.</summary>
/// <param name="Info">The provider, with the address that holds here.</param>
/// <param name="Key">The key.</param>
/// <param name="Handler">Sends the requests; not disposed of by the client.</param>
/// <param name="Time">The clock.</param>
public sealed record ProviderConnection(GpuProviderInfo Info, ProviderKey Key, HttpMessageHandler Handler, TimeProvider Time);
