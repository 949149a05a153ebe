namespace LlmOps.Providers;

/// <summary>A provider that LlmOps knows, and how a client of it is made.</summary>
/// <param name="Info">The provider, at its usual address.</param>
/// <param name="Open">Makes a client.</param>
public sealed record ProviderRegistration(GpuProviderInfo Info, Func<ProviderConnection, IGpuProvider> Open);
