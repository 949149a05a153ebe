using System.Management.Automation;
using LlmOps.Containers;
using LlmOps.Infrastructure;

namespace LlmOps.WebUI;

/// <summary>Gets what Open WebUI runs on this machine, by whichever PowerShell it was started.</summary>
/// <remarks><para>The container engines are asked, both if there are two: nothing is kept elsewhere. Ready means that the page answers.</para></remarks>
/// <example><para>List them.</para><code>Get-OpenWebUI</code></example>
/// <example><para>Open the page of the only one.</para><code>Start-Process (Get-OpenWebUI).Uri</code></example>
[Cmdlet(VerbsCommon.Get, "OpenWebUI")]
[OutputType(typeof(OpenWebUI))]
public sealed class GetOpenWebUICommand : OpenWebUIFinderCmdlet
{
    /// <summary>Names or wildcards. Without them all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(OpenWebUINameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The container engine to ask. Without it all that answer.</summary>
    [Parameter]
    public ContainerEngineKind? Engine { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        using var progress = new ProgressLine(this, "Looking for Open WebUI");
        progress.Report("Asking the container engines");
        WriteObject(Select(Name, [.. (await ListAsync(Engine, cancel)).Select(found => found.WebUI)]), enumerateCollection: true);
    }
}
