using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Infrastructure;

/// <summary>Completes the names of the GPUs that a rehearsal rig can pretend to have: short ones first, nvidia-smi's own where the word begins so.</summary>
public sealed class SimulatedGpuCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        [
            .. NameCompletion.Complete(wordToComplete, SimulatedGpuCatalog.All.Select(gpu => (gpu.Aliases.FirstOrDefault() ?? gpu.Name, Explain(gpu)))),
            .. wordToComplete.Length == 0 ? [] : NameCompletion.Complete(wordToComplete, SimulatedGpuCatalog.All.Select(gpu => (gpu.Name, Explain(gpu)))),
        ];

    private static string Explain(SimulatedGpu gpu) => $"{gpu.Name}, {gpu.MemoryMiB} MiB, compute capability {gpu.ComputeCapability}";
}
