using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Rigs;
using LlmOps.Engines;
using LlmOps.Infrastructure;

namespace LlmOps.Servers;

/// <summary>Completes the names of servers: asks the rigs, and offers what has answered within a second.</summary>
public sealed class ServerNameCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var rig = fakeBoundParameters?["Rig"]?.ToString();
        using var limit = new CancellationTokenSource(Limit);
        var asked = Services.Rigs.List()
            .Where(known => rig is null || known.Name.Equals(rig, StringComparison.OrdinalIgnoreCase))
            .Select(known => Task.Run(() => new RigServers(new PatientConnection(Services.Connections.Get(known), Services.Patience, null, Services.Time)).ListAsync(limit.Token))).ToList();
        Task.WhenAll(asked).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(Limit);
        return NameCompletion.Complete(wordToComplete, asked.Where(answer => answer.IsCompletedSuccessfully)
            .SelectMany(answer => answer.Result)
            .Select(server => (server.Name, $"{server.Model}, {server.State} on {server.Rig}")));
    }
}
