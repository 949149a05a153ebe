using System.Collections.Concurrent;
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

    /// <inheritdoc/>
    public IReadOnlyList<string> Configured =>
        [.. _catalog.Configured.Select(provider => provider.Name), .. Directory.Exists(_simulated.Folder) ? [SimulatedGpuProvider.ProviderName] : Array.Empty<string>()];

    /// <inheritdoc/>
    public IGpuProvider Open(string provider) => _open.GetOrAdd(provider, name => IsSimulated(name)
        ? new SimulatedGpuProvider(_simulated, simulatorPath, speed, time)
        : _catalog.Open(name, apiKey));

    /// <inheritdoc/>
    public SecureString? KeyForMachine(GpuProviderInfo provider) =>
        provider.Can(ProviderCapabilities.MachineKey) ? null : apiKey ?? SecureText.Hide(_catalog.FindKey(provider.Name)?.Reveal());

    private static bool IsSimulated(string name) => name.Equals(SimulatedGpuProvider.ProviderName, StringComparison.OrdinalIgnoreCase);
}
