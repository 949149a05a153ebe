using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Planning;

namespace LlmOps.Infrastructure;

/// <summary>Completes the types of keys and values.</summary>
public sealed class KvCacheTypeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompletion.Complete(wordToComplete, KvCacheType.Names.Select(name => (name, "")));
}
