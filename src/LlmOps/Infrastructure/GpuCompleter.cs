using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Gpus;

namespace LlmOps.Infrastructure;

/// <summary>Completes the names of GPU models: short ones, and the driver's own where the word begins so.</summary>
public sealed class GpuCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        [
            .. NameCompletion.Complete(wordToComplete, GpuCatalog.All.Select(gpu => (gpu.Name, Explain(gpu)))),
            .. wordToComplete.Length == 0 ? [] : NameCompletion.Complete(wordToComplete, GpuCatalog.All.Where(gpu => gpu.FullName != gpu.Name).Select(gpu => (gpu.FullName, Explain(gpu)))),
        ];

    /// <summary>What is said of a GPU model beside its name.</summary>
    internal static string Explain(GpuSpec gpu) =>
        string.Create(CultureInfo.InvariantCulture, $"{gpu.FullName}{(gpu.MemoryGB is { } memory ? $", {memory:0.#} GB" : "")}{(gpu.ComputeCapability is { } capability ? $", compute capability {capability}" : "")}");
}
