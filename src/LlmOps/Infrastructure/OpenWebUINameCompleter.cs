using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.WebUI;

namespace LlmOps.Infrastructure;

/// <summary>Completes the names of what Open WebUI runs on this machine: an engine that does not answer within a second offers nothing.</summary>
public sealed class OpenWebUINameCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        using var limit = new CancellationTokenSource(Limit);
        var asked = Task.Run(() => ListAsync(limit.Token));
        asked.ContinueWith(static _ => { }, TaskScheduler.Default).Wait(Limit);
        return NameCompletion.Complete(wordToComplete, asked.IsCompletedSuccessfully ? asked.Result.Select(webUI => (webUI.Name, $"{webUI.Uri} {webUI.Model}".Trim())) : []);
    }

    private static async Task<IReadOnlyList<OpenWebUI>> ListAsync(CancellationToken cancel)
    {
        var engine = await Services.ContainerEngines.FindAsync(null, cancel);
        return await Services.WebUI(engine).ListAsync(cancel);
    }
}
