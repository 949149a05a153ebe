using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LlmOps.Infrastructure;

/// <summary>Completes the names of the rigs that this workstation knows.</summary>
public sealed class RigNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompletion.Complete(wordToComplete, Services.Rigs.List().Select(rig => (rig.Name, $"{rig.Label} {rig.Ssh} {rig.Gpus}".Trim())));
}
