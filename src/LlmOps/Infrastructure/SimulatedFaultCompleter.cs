using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Infrastructure;

/// <summary>Completes the ways in which a rehearsal rig can fail.</summary>
public sealed class SimulatedFaultCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompletion.Complete(wordToComplete, SimulatedFault.Names.Select(name => (name, "")));
}
