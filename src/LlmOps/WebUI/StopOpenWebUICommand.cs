using System.Management.Automation;
using LlmOps.Infrastructure;

namespace LlmOps.WebUI;

/// <summary>Ends Open WebUI: its container is gone, and its port is free.</summary>
/// <remarks><para>A tunnel that was opened for it ends too, where this PowerShell has it. A volume that keeps its data stays, unless -RemoveData is given.</para></remarks>
/// <example><para>End one.</para><code>Stop-OpenWebUI openwebui</code></example>
/// <example><para>End all of them, and delete what they have kept.</para><code>Get-OpenWebUI | Stop-OpenWebUI -RemoveData</code></example>
[Cmdlet(VerbsLifecycle.Stop, "OpenWebUI", SupportsShouldProcess = true)]
[OutputType(typeof(OpenWebUI))]
public sealed class StopOpenWebUICommand : OpenWebUIFinderCmdlet
{
    /// <summary>Names, wildcards or objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(OpenWebUINameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Deletes the volume with its chats and accounts too.</summary>
    [Parameter]
    public SwitchParameter RemoveData { get; set; }

    /// <summary>Writes what was ended.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        using var progress = new ProgressLine(this, "Stopping Open WebUI");
        progress.Report("Asking the container engines");
        var all = await ListAsync(null, cancel);
        foreach (var webUI in Select(Name, [.. all.Select(found => found.WebUI)]))
        {
            if (!ShouldProcess($"{webUI.Name} ({webUI.Uri})", RemoveData && webUI.Volume is not null ? $"Stop Open WebUI and delete volume {webUI.Volume}" : "Stop Open WebUI")) continue;
            progress.Report($"Ending {webUI.Name}");
            await Services.WebUI(all.First(found => found.WebUI == webUI).Engine).StopAsync(webUI, RemoveData, cancel);
            foreach (var tunnel in Services.Tunnels.List().Where(webUI.Owns)) await tunnel.CloseAsync(TimeSpan.Zero);
            if (PassThru) WriteObject(webUI with { State = OpenWebUIState.Stopped });
        }
    }
}
