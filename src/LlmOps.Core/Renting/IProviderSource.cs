using System.Security;
using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>Opens the accounts that machines are rented with.</summary>
public interface IProviderSource
{
    /// <summary>The names of the providers that this workstation has a key for.</summary>
    IReadOnlyList<string> Configured { get; }

    /// <summary>An account, the same one at each call.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <exception cref="LlmOpsException"><c>ProviderUnknown</c>, <c>ProviderKeyMissing</c>, <c>ProviderKeyInvalid</c>.</exception>
    IGpuProvider Open(string provider);

    /// <summary>The key that a machine's guard ends the machine with; null where the machine has one of its own, which can do less.</summary>
    /// <param name="provider">The provider.</param>
    SecureString? KeyForMachine(GpuProviderInfo provider);
}
