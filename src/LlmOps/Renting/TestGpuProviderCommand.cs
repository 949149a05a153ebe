using System.Management.Automation;
using LlmOps.Infrastructure;
using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>Checks the API keys of providers, and whether machines could be rented with them, without spending anything.</summary>
/// <remarks>
/// <para>Each key is sent to its provider, and the account's machines are counted. Where a provider tells (RunPod, Massed Compute), the right to change something is tried on a machine that does not exist; a key
/// that may only read is an error as well. What a provider tells only when something is rented, such as whether the balance suffices, stands among the remarks.</para>
/// <para>A key is taken from -ApiKey, from the provider's usual variable, or from the file of its own program, in this order. It never appears in what is shown.</para>
/// </remarks>
/// <example>
/// <para>Check all providers that this machine has a key for.</para>
/// <code>Test-GpuProvider</code>
/// </example>
/// <example>
/// <para>Check a key from a vault before it is used.</para>
/// <code>Test-GpuProvider RunPod -ApiKey (Get-Secret runpod)</code>
/// </example>
/// <example>
/// <para>In a runbook: end here if the key can't rent.</para>
/// <code>if ((Test-GpuProvider MassedCompute).CanRent -eq $false) { throw 'Massed Compute rents nothing to us.' }</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "GpuProvider")]
[OutputType(typeof(AccountStatus))]
public sealed class TestGpuProviderCommand : ProviderCmdlet
{
    /// <summary>The providers; without it, all that this machine has a key for.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GpuProviderCompleter))]
    public string[] Provider { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        using var progress = new ProgressLine(this, "Checking keys");
        foreach (var provider in Accounts.Choose(Provider))
        {
            progress.Report($"Asking {provider.Name}");
            try
            {
                var source = Accounts.KeySource(provider.Name) ?? "";
                var status = await Accounts.Open(provider.Name).TestKeyAsync(cancel) with { KeySource = source, Capabilities = provider.Capabilities };
                WriteObject(status);
                if (status.IsReadOnly == true) WriteFailure(ProviderErrors.KeyReadOnly(provider.Name, source, provider.KeyPage));
            }
            catch (LlmOpsException failure)
            {
                WriteFailure(failure);
            }
        }
    }
}
