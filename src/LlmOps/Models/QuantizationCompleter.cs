using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Hub;
using LlmOps.Infrastructure;

namespace LlmOps.Models;

/// <summary>Completes the GGUF quantizations of the repository on the line, with their sizes; those that people use most if the Hub does not answer within two seconds.</summary>
public sealed class QuantizationCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly string[] Usual = ["Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "Q4_0", "Q3_K_M", "Q2_K", "IQ4_XS", "F16", "BF16"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompletion.Complete(wordToComplete, Ask(fakeBoundParameters?["Id"]?.ToString(), fakeBoundParameters?["Revision"]?.ToString()) ?? Usual.Select(name => (name, "")));

    private static IReadOnlyList<(string Name, string Explanation)>? Ask(string? id, string? revision)
    {
        if (id is null) return null;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var download = new ModelDownload(new ModelRequest { Id = id, Revision = revision ?? "main" }, HubEnvironment.FromProcess(), Services.Time);
            var files = Task.Run(() => download.FilesAsync(limit.Token), CancellationToken.None).GetAwaiter().GetResult();
            return [.. files.Where(file => file.Quantization is not null).GroupBy(file => file.Quantization!, StringComparer.OrdinalIgnoreCase)
                .Select(group => (group.Key, Size: group.Sum(file => file.Size))).OrderBy(group => group.Size).Select(group => (group.Key, ByteText.Of(group.Size)))];
        }
        catch (Exception unanswered) when (unanswered is LlmOpsException or OperationCanceledException)
        {
            return null;
        }
    }
}
