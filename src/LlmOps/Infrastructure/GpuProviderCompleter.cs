using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Providers;

namespace LlmOps.Infrastructure;

/// <summary>Completes the names of providers, and says which have a key on this machine.</summary>
public sealed class GpuProviderCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompletion.Complete(wordToComplete, ProviderCatalog.Names.Select(name => (name, Explain(name))));

    private static string Explain(string name) => Services.Providers.FindKey(name) is { } key ? $"{name}, key from {key.Source}" : $"{name}, no key yet";
}
