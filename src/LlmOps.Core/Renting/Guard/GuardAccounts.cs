using System.Security;
using LlmOps.Processes;
using LlmOps.Providers;
using LlmOps.Providers.Simulated;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>Opens a provider's account on the machine that the account rents.</summary>
internal static class GuardAccounts
{
    private const int FirstProcess = 1; // a container gives it the variables that a login does not get

    /// <summary>Opens the account.</summary>
    /// <param name="spec">What the guard is to do.</param>
    /// <param name="key">The guard's key; null takes the machine's own.</param>
    /// <exception cref="LlmOpsException"><c>ProviderKeyMissing</c>.</exception>
    public static IGpuProvider Open(GuardSpec spec, SecureString? key)
    {
        if (spec.Provider == SimulatedGpuProvider.ProviderName) return SimulatedGpuProvider.OnMachine(spec.Address.LocalPath, key);
        var catalog = new ProviderCatalog(new ProviderEnvironment(name => name == ProviderEnvironment.AddressVariable(spec.Provider) ? spec.Address.AbsoluteUri : null, "/"), TimeProvider.System);
        var own = catalog.Get(spec.Provider).MachineKeyVariable is { } variable ? Environment.GetEnvironmentVariable(variable) ?? ProcessTable.Variable(FirstProcess, variable) : null;
        return catalog.Open(spec.Provider, key ?? SecureText.Hide(own));
    }
}
