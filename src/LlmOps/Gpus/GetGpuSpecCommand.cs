using System.Management.Automation;
using LlmOps.Infrastructure;

namespace LlmOps.Gpus;

/// <summary>Tells what a GPU model is: its memory, bandwidth and compute capability, and which engines and quantizations run on it.</summary>
/// <remarks>
/// <para>Names are taken as people, providers and drivers write them: a40, RTX 6000 Ada, NVIDIA A100-SXM4-80GB, NVIDIA A40-48Q, M4 Max 64GB. No network is needed.</para>
/// <para>MemoryGB is what is sold, UsableGiB what CUDA reports and an engine counts from; IsUsableMeasured says whether that was read in a log or worked out from cards of the same kind. A bandwidth is shown only where a source gives it.</para>
/// <para>Engines and Quantizations tell for each whether it runs on the GPU, and the reason if it does not.</para>
/// </remarks>
/// <example><para>See the cards of a data centre that multiply FP8 themselves, the fastest memory first.</para><code>Get-GpuSpec *H100*, *H200*, L40S, B200 | Where-Object Fp8 -eq Native | Sort-Object BandwidthGBs -Descending</code></example>
/// <example><para>See why vLLM does not run on a card.</para><code>(Get-GpuSpec 'GTX 1080').Engines</code></example>
/// <example><para>See which quantizations vLLM runs on an A40.</para><code>(Get-GpuSpec a40).Quantizations | Where-Object IsSupported</code></example>
[Cmdlet(VerbsCommon.Get, "GpuSpec")]
[OutputType(typeof(GpuSpec))]
public sealed class GetGpuSpecCommand : AsyncCmdlet
{
    /// <summary>Names or wildcards; without it, all. A GPU that nvidia-smi or a provider names can come through the pipeline.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Gpu")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GpuCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel)
    {
        foreach (var name in Name)
        {
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                WriteObject(GpuCatalog.All.Where(gpu => pattern.IsMatch(gpu.Name) || pattern.IsMatch(gpu.FullName) || gpu.Aliases.Any(pattern.IsMatch)), enumerateCollection: true);
            }
            else if (GpuCatalog.Find(name) is { } found) WriteObject(found);
            else WriteFailure(GpuErrors.Unknown(name, GpuCatalog.Nearest(name)));
        }

        return Task.CompletedTask;
    }
}
