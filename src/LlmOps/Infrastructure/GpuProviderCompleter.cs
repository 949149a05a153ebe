using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Providers;
using LlmOps.Renting;

namespace LlmOps.Infrastructure;

/// <summary>Completes the names of providers, and says which have a key on this machine.</summary>
public sealed class GpuProviderCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var accounts = Services.Accounts();
        return NameCompletion.Complete(wordToComplete, accounts.All.Select(provider => (provider.Name, Explain(provider, accounts))));
    }

    private static string Explain(GpuProviderInfo provider, ProviderSource accounts) => provider.KeyVariables.Count == 0
        ? $"{provider.Name}, machines that do not exist, for money that does not exist"
        : accounts.KeySource(provider.Name) is { } source ? $"{provider.Name}, key from {source}" : $"{provider.Name}, no key yet";
}
