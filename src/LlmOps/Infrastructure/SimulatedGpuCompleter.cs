using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Gpus;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Infrastructure;

/// <summary>Completes the names of the GPUs that a rehearsal rig can pretend to have: short ones first, nvidia-smi's own where the word begins so.</summary>
public sealed class SimulatedGpuCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        [
            .. NameCompletion.Complete(wordToComplete, Known.Select(gpu => (gpu.Name, GpuCompleter.Explain(gpu)))),
            .. wordToComplete.Length == 0 ? [] : NameCompletion.Complete(wordToComplete, Known.Select(gpu => (gpu.FullName, GpuCompleter.Explain(gpu)))),
        ];

    private static IEnumerable<GpuSpec> Known => GpuCatalog.All.Where(SimulatedGpu.CanBe);
}
