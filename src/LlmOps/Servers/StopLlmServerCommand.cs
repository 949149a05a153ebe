using System.Management.Automation;
using LlmOps.Engines;
using LlmOps.Protocol.Operations;

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
public sealed class StopLlmServerCommand : NamedServerCmdlet
{
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
    protected override Task ProcessAsync(CancellationToken cancel) => OnServersAsync("Stop server", "Stopping", async (servers, name, progress) =>
    {
        progress.Report("waiting until its GPU memory is free");
        var stopped = await servers.StopAsync(new ServerStopArgs(name, null, Force ? 0 : DrainSeconds), cancel);
        if (Remove) await servers.RemoveAsync(name, cancel);
        if (PassThru) WriteObject(stopped);
    }, cancel);
}
