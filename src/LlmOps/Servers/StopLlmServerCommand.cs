using System.Management.Automation;
using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;

namespace LlmOps.Servers;

/// <summary>Ends servers, and returns when their processes are gone and their GPU memory is free again.</summary>
/// <remarks>
/// <para>The engine first finishes what it is answering, for -DrainSeconds at the most; then it and every worker that it left behind is ended. The end goes on if this command is interrupted or the connection breaks.</para>
/// <para>The log and the settings stay, so that Get-LlmServerLog and Restart-LlmServer work on; -Remove deletes them.</para>
/// </remarks>
/// <example><para>Ends one server.</para><code>Stop-LlmServer qwen</code></example>
/// <example><para>Ends all servers of a rig at once, without waiting for open answers, and leaves nothing of them.</para><code>Get-LlmServer -Rig a40 | Stop-LlmServer -Force -Remove</code></example>
[Cmdlet(VerbsLifecycle.Stop, "LlmServer", SupportsShouldProcess = true)]
[OutputType(typeof(LlmServer))]
public sealed class StopLlmServerCommand : ServerCmdlet
{
    /// <summary>The servers: names, wildcards or objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    public ServerArgument[] Server { get; set; } = [];

    /// <summary>The rigs to look on for names; all if it is left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[]? Rig { get; set; }

    /// <summary>How long the engine may finish what it is answering, in seconds.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public int DrainSeconds { get; set; } = 30;

    /// <summary>Ends it now: open answers are cut off.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Deletes the server's log, settings and key as well.</summary>
    [Parameter]
    public SwitchParameter Remove { get; set; }

    /// <summary>Writes the ended servers.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        var chosen = (await ResolveAsync(Server, Rig, cancel)).Where(server => ShouldProcess($"{server.Name} on {server.Rig}", "Stop server")).ToList();
        await Task.WhenAll(chosen.Select(server => StopAsync(server.Rig, server.Name, cancel)));
    }

    private async Task StopAsync(GpuRig rig, string name, CancellationToken cancel)
    {
        try
        {
            var servers = await ServersOfAsync(rig, cancel);
            using var progress = new ProgressLine(this, $"Stopping {name} on {rig}");
            progress.Report("waiting until its GPU memory is free");
            var stopped = await servers.StopAsync(new ServerStopArgs(name, null, Force ? 0 : DrainSeconds), cancel);
            if (Remove) await servers.RemoveAsync(name, cancel);
            if (PassThru) WriteObject(stopped);
        }
        catch (LlmOpsException failure)
        {
            WriteFailure(failure.OnRig(rig));
        }
    }
}
