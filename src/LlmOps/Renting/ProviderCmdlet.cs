using System.Management.Automation;
using System.Security;
using LlmOps.Infrastructure;
using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>A cmdlet that asks accounts at providers.</summary>
public abstract class ProviderCmdlet : AsyncCmdlet
{
    private ProviderSource? _accounts;

    /// <summary>An API key for the one provider that is named; without it the provider's variable (RUNPOD_API_KEY, MASSED_COMPUTE_API_KEY, SHADEFORM_API_KEY, LAMBDA_API_KEY) or its own program's file is read.</summary>
    [Parameter]
    [ValidateNotNull]
    [SecureStringTransformation]
    public SecureString? ApiKey { get; set; }

    private protected ProviderSource Accounts => _accounts ??= Services.Accounts(ApiKey);
}
