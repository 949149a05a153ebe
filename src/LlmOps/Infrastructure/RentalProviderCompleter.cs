using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Providers;
using LlmOps.Providers.Simulated;

namespace LlmOps.Infrastructure;

/// <summary>Completes the names of providers; says which of them this workstation has a key for.</summary>
public sealed class RentalProviderCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var configured = Services.Accounts().Configured;
        return NameCompletion.Complete(wordToComplete, [
            .. ProviderCatalog.Names.Select(name => (name, configured.Contains(name) ? "there is a key" : "there is no key yet")),
            (SimulatedGpuProvider.ProviderName, "machines that do not exist, for money that does not exist"),
        ]);
    }
}
