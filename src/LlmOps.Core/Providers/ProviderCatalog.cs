using System.Net;
using System.Security;
using LlmOps.Providers.Lambda;
using LlmOps.Providers.MassedCompute;
using LlmOps.Providers.RunPod;
using LlmOps.Providers.Shadeform;

namespace LlmOps.Providers;

/// <summary>The providers that there are, those that this machine has a key for, and their clients.</summary>
/// <param name="environment">Where keys and addresses come from.</param>
/// <param name="time">The clock.</param>
/// <param name="handler">Sends the requests; null takes the one of this process.</param>
public sealed class ProviderCatalog(ProviderEnvironment environment, TimeProvider time, HttpMessageHandler? handler = null)
{
    private static readonly Lazy<HttpMessageHandler> s_handler = new(CreateHandler);

    private static readonly IReadOnlyList<ProviderRegistration> s_registrations =
    [
        new(LambdaProvider.Usual, connection => new LambdaProvider(connection)),
        new(MassedProvider.Usual, connection => new MassedProvider(connection)),
        new(RunPodProvider.Usual, connection => new RunPodProvider(connection)),
        new(ShadeformProvider.Usual, connection => new ShadeformProvider(connection)),
    ];

    /// <summary>The names of all providers.</summary>
    public static IEnumerable<string> Names => s_registrations.Select(registration => registration.Info.Name);

    /// <summary>All providers, by name.</summary>
    public IReadOnlyList<GpuProviderInfo> All => [.. s_registrations.Select(registration => At(registration.Info))];

    /// <summary>The providers that this machine has a key for.</summary>
    public IReadOnlyList<GpuProviderInfo> Configured => [.. All.Where(provider => ProviderKey.Find(provider, environment) is not null)];

    /// <summary>The provider of that name, in any case.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="LlmOpsException"><c>ProviderUnknown</c>, <c>ProviderAddressInvalid</c>.</exception>
    public GpuProviderInfo Get(string name) => At(Registration(name).Info);

    /// <summary>The key that this machine has for a provider, or null.</summary>
    /// <param name="name">The provider's name.</param>
    /// <exception cref="LlmOpsException"><c>ProviderUnknown</c>, <c>ProviderKeyInvalid</c>.</exception>
    public ProviderKey? FindKey(string name) => ProviderKey.Find(Registration(name).Info, environment);

    /// <summary>A client of a provider.</summary>
    /// <param name="name">The provider's name.</param>
    /// <param name="apiKey">The key; null takes the one that this machine has.</param>
    /// <param name="source">The parameter that the key was given with.</param>
    /// <exception cref="LlmOpsException"><c>ProviderUnknown</c>, <c>ProviderAddressInvalid</c>, <c>ProviderKeyMissing</c>, <c>ProviderKeyInvalid</c>.</exception>
    public IGpuProvider Open(string name, SecureString? apiKey = null, string source = "-ApiKey")
    {
        var registration = Registration(name);
        var info = At(registration.Info);
        var key = apiKey is not null ? ProviderKey.Of(apiKey, source, info.Name) : ProviderKey.Find(info, environment) ?? throw ProviderErrors.KeyMissing(info);
        return registration.Open(new ProviderConnection(info, key, handler ?? s_handler.Value, time));
    }

    private static ProviderRegistration Registration(string name) =>
        s_registrations.FirstOrDefault(known => known.Info.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw ProviderErrors.Unknown(name, [.. Names]);

    private GpuProviderInfo At(GpuProviderInfo usual) => usual with { Address = environment.AddressOf(usual.Name, usual.Address) };

    // A redirect would take the key to another host. A pooled connection is given up before a provider's balancer does it silently.
    private static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };
}
