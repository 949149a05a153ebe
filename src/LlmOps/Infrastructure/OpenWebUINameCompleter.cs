using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.WebUI;

namespace LlmOps.Infrastructure;

/// <summary>Completes the names of what Open WebUI runs on this machine. The engines are asked at the same time, each one question only: one that does not answer within a second offers nothing.</summary>
public sealed class OpenWebUINameCompleter : IArgumentCompleter
{
    /// <summary>How long the engine may take. Only tests change it.</summary>
    internal static TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        using var limit = new CancellationTokenSource(Limit);
        var asked = Services.ContainerEngines.Installed().Select(engine => Task.Run(() => Services.WebUI(engine).NamesAsync(limit.Token))).ToArray();
        Task.WhenAll(asked).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(Limit);
        var names = asked.Where(engine => engine.IsCompletedSuccessfully).SelectMany(engine => engine.Result).Distinct();
        return NameCompletion.Complete(wordToComplete, [.. names.Select(name => (name, name))]);
    }
}
