using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Engines;
using LlmOps.Rigs;

namespace LlmOps.Infrastructure;

/// <summary>Completes the names of servers: asks the rigs, and offers what has answered within a second.</summary>
public sealed class ServerNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompletion.Complete(wordToComplete, QuickAnswers
            .Ask(fakeBoundParameters, (connection, cancel) => new RigServers(new PatientConnection(connection, Services.Patience, null, Services.Time)).ListAsync(cancel))
            .Select(server => (server.Name, $"{server.ServedModelName}, {server.State} on {server.Rig?.Label}")));
}
