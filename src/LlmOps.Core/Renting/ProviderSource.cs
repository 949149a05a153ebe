using System.Collections.Concurrent;
using System.IO.Enumeration;
using System.Security;
using LlmOps.Providers;
using LlmOps.Providers.Simulated;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>The accounts of this workstation: those of its keys, and the simulated one, which needs none.</summary>
/// <param name="environment">Where keys and addresses come from.</param>
/// <param name="home">Where the simulated account is.</param>
/// <param name="simulatorPath">The simulator's executable.</param>
/// <param name="speed">How many times faster than this machine's the clocks of new simulated machines run.</param>
/// <param name="apiKey">The key to use; null takes the one that this machine has.</param>
/// <param name="time">The clock.</param>
public sealed class ProviderSource(ProviderEnvironment environment, LlmOpsHome home, string simulatorPath, double speed, SecureString? apiKey, TimeProvider time) : IProviderSource
{
    private readonly ProviderCatalog _catalog = new(environment, time);
    private readonly SimulatedAccount _simulated = new(home.SimulatedAccount);
    private readonly ConcurrentDictionary<string, IGpuProvider> _open = new(StringComparer.OrdinalIgnoreCase);
    private string? _keyOf;

    /// <summary>All providers that there are.</summary>
    public IReadOnlyList<GpuProviderInfo> All => [.. _catalog.All, SimulatedGpuProvider.InfoOf(_simulated)];

    /// <inheritdoc/>
    public IReadOnlyList<string> Configured =>
        [.. _catalog.Configured.Select(provider => provider.Name), .. Directory.Exists(_simulated.Folder) ? [SimulatedGpuProvider.ProviderName] : Array.Empty<string>()];

    /// <summary>The provider of that name, in any case.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="LlmOpsException"><c>ProviderUnknown</c>, <c>ProviderAddressInvalid</c>.</exception>
    public GpuProviderInfo Get(string name) =>
        All.FirstOrDefault(provider => provider.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw ProviderErrors.Unknown(name, [.. All.Select(provider => provider.Name)]);

    /// <summary>The providers that are meant. The simulated one is asked with others only if it is named: what costs nothing would always be chosen.</summary>
    /// <param name="named">Names, and wildcards for those that this workstation has a key for; empty is all of these.</param>
    /// <exception cref="LlmOpsException"><c>ProviderUnknown</c>, <c>NoProviderConfigured</c>, <c>ProviderKeyAmbiguous</c>.</exception>
    public IReadOnlyList<GpuProviderInfo> Choose(IReadOnlyCollection<string> named)
    {
        if (apiKey is not null && named.Count != 1) throw ProviderErrors.KeyNeedsOneProvider(named.Count);
        var chosen = (named.Count == 0 ? ["*"] : named).SelectMany(name => name.AsSpan().ContainsAny('*', '?') ? Matching(name) : [Get(name)]).DistinctBy(provider => provider.Name).ToList();
        if (chosen.Count == 0) throw ProviderErrors.NoneConfigured([.. _catalog.All.Select(provider => provider.KeyVariables[0])]);
        return apiKey is null || chosen.Count == 1 ? chosen : throw ProviderErrors.KeyNeedsOneProvider(chosen.Count);
    }

    /// <summary>Where the key of a provider comes from; null where there is none, or none is needed.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <exception cref="LlmOpsException"><c>ProviderKeyInvalid</c>.</exception>
    public string? KeySource(string provider) => IsSimulated(provider) ? null : apiKey is not null ? "-ApiKey" : _catalog.FindKey(provider)?.Source;

    /// <summary>Fails if a key was given and the providers that are meant are several: it would go to others than the one that it is of. The simulated one takes no key.</summary>
    /// <param name="meant">The providers' names.</param>
    /// <exception cref="LlmOpsException"><c>ProviderKeyAmbiguous</c>.</exception>
    public void CheckKey(IEnumerable<string> meant)
    {
        if (apiKey is null) return;
        var count = meant.Where(name => !IsSimulated(name)).Distinct(StringComparer.OrdinalIgnoreCase).Count();
        if (count > 1) throw ProviderErrors.KeyNeedsOneProvider(count);
    }

    /// <summary>An account, the same one at each call. A key that was given opens the first provider that it is used for, and no other.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <exception cref="LlmOpsException"><c>ProviderUnknown</c>, <c>ProviderKeyMissing</c>, <c>ProviderKeyInvalid</c>, <c>ProviderKeyAmbiguous</c>.</exception>
    public IGpuProvider Open(string provider)
    {
        var name = Get(provider).Name;
        if (apiKey is not null && !IsSimulated(name) && (Interlocked.CompareExchange(ref _keyOf, name, null) ?? name) != name) throw ProviderErrors.KeyNeedsOneProvider(2);
        return _open.GetOrAdd(name, opened => IsSimulated(opened) ? new SimulatedGpuProvider(_simulated, simulatorPath, speed, time) : _catalog.Open(opened, apiKey));
    }

    /// <inheritdoc/>
    public SecureString? KeyForMachine(GpuProviderInfo provider) =>
        provider.Can(ProviderCapabilities.MachineKey) ? null : apiKey ?? SecureText.Hide(_catalog.FindKey(provider.Name)?.Reveal());

    private List<GpuProviderInfo> Matching(string pattern)
    {
        var matching = Configured.Where(name => FileSystemName.MatchesSimpleExpression(pattern, name)).ToList();
        return [.. matching.Where(name => matching.Count == 1 || !IsSimulated(name)).Select(Get)];
    }

    private static bool IsSimulated(string name) => name.Equals(SimulatedGpuProvider.ProviderName, StringComparison.OrdinalIgnoreCase);
}
