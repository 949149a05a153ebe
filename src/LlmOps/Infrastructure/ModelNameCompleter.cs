using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Hub;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;

namespace LlmOps.Infrastructure;

/// <summary>Completes the ids of models: those in the Hugging Face cache of this machine and of the rigs that answer within a second.</summary>
public sealed class ModelNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var here = new CachedModels(HubEnvironment.FromProcess().CacheFolder).List().Select(id => (Id: id, Place: "this machine"));
        var there = QuickAnswers.Ask(fakeBoundParameters, ListAsync);
        return NameCompletion.Complete(wordToComplete, here.Concat(there)
            .GroupBy(model => model.Id, StringComparer.OrdinalIgnoreCase)
            .Select(places => (places.Key, "on " + string.Join(", ", places.Select(model => model.Place)))));
    }

    private static async Task<IReadOnlyList<(string Id, string Place)>> ListAsync(IRigConnection connection, CancellationToken cancel)
    {
        var models = await connection.InvokeAsync(ModelOperations.List, Nothing.Value, cancel);
        return [.. models.Ids.Select(id => (id, connection.Rig.Label))];
    }
}
