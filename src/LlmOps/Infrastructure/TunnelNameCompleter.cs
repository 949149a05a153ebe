using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Tunnels;

namespace LlmOps.Infrastructure;

/// <summary>Completes the names of the tunnels of this session.</summary>
public sealed class TunnelNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompletion.Complete(wordToComplete, Services.Tunnels.List().Select(tunnel => (tunnel.Name, $"{tunnel.Uri} {tunnel.Model}".Trim())));
}
