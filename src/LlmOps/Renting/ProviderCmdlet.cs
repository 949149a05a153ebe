using System.Management.Automation;
using System.Security;
using LlmOps.Infrastructure;
using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>A cmdlet that asks accounts at providers.</summary>
public abstract class ProviderCmdlet : AsyncCmdlet
{
    /// <summary>An API key for the one provider that is named; without it the provider's variable (RUNPOD_API_KEY, MASSED_COMPUTE_API_KEY, SHADEFORM_API_KEY, LAMBDA_API_KEY) or its own program's file is read.</summary>
    [Parameter]
    [ValidateNotNull]
    [SecureStringTransformation]
    public SecureString? ApiKey { get; set; }

    /// <summary>The providers that are named, or all that this machine has a key for.</summary>
    /// <param name="named">The names; empty for all.</param>
    /// <exception cref="LlmOpsException"><c>ProviderUnknown</c>, <c>NoProviderConfigured</c>, <c>ProviderKeyAmbiguous</c>.</exception>
    private protected IReadOnlyList<GpuProviderInfo> Choose(IReadOnlyCollection<string> named)
    {
        if (ApiKey is not null && named.Count != 1) throw ProviderErrors.KeyNeedsOneProvider(named.Count);
        if (named.Count > 0) return [.. named.Select(Services.Providers.Get).DistinctBy(provider => provider.Name)];
        var configured = Services.Providers.Configured;
        return configured.Count > 0 ? configured : throw ProviderErrors.NoneConfigured([.. Services.Providers.All.Select(provider => provider.KeyVariables[0])]);
    }
}
