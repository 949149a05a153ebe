using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.WebUI;

namespace LlmOps.Infrastructure;

/// <summary>Completes the names of what Open WebUI runs on this machine: an engine that does not answer within a second offers nothing.</summary>
public sealed class OpenWebUINameCompleter : IArgumentCompleter
{
    /// <summary>How long the engine may take. Only tests change it.</summary>
    internal static TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        using var limit = new CancellationTokenSource(Limit);
        var asked = Task.Run(() => ListAsync(limit.Token));
        asked.ContinueWith(static _ => { }, TaskScheduler.Default).Wait(Limit);
        return NameCompletion.Complete(wordToComplete, asked.IsCompletedSuccessfully ? asked.Result : []);
    }

    private static async Task<IReadOnlyList<(string Name, string About)>> ListAsync(CancellationToken cancel)
    {
        var engines = await Services.ContainerEngines.FindAllAsync(null, cancel);
        var names = await Task.WhenAll(engines.Select(engine => Services.WebUI(engine).NamesAsync(cancel)));
        return [.. names.SelectMany(found => found).Distinct().Select(name => (name, name))];
    }
}
