using System.Management.Automation;
using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Rigs;

namespace LlmOps.Servers;

/// <summary>Ends servers and starts them again as they were: same model, flags, port and key.</summary>
/// <remarks>
/// <para>Works on servers that have ended as well. Tunnels to the server work again once it is ready. The log of the run before is kept beside the new one.</para>
/// <para>Without -NoWait the command returns when the server is ready. Ctrl+C ends the wait and leaves the server starting.</para>
/// </remarks>
/// <example><para>Restarts a server.</para><code>Restart-LlmServer qwen</code></example>
/// <example><para>Starts every server that failed again.</para><code>Get-LlmServer | Where-Object State -eq Failed | Restart-LlmServer</code></example>
[Cmdlet(VerbsLifecycle.Restart, "LlmServer", SupportsShouldProcess = true)]
[OutputType(typeof(LlmServer))]
public sealed class RestartLlmServerCommand : ServerCmdlet
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

    /// <summary>Returns while the server still starts.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>How long to wait until a server is ready, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSeconds { get; set; } = 1800;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        var chosen = (await ResolveAsync(Server, Rig, cancel)).Where(server => ShouldProcess($"{server.Name} on {server.Rig}", "Restart server")).ToList();
        await Task.WhenAll(chosen.Select(server => RestartAsync(server.Rig, server.Name, cancel)));
    }

    private async Task RestartAsync(GpuRig rig, string name, CancellationToken cancel)
    {
        try
        {
            var servers = await ServersOfAsync(rig, cancel);
            using var progress = new ProgressLine(this, $"Restarting {name} on {rig}");
            progress.Report("stopping");
            var server = await servers.RestartAsync(name, Guid.NewGuid().ToString("N"), DrainSeconds, cancel);
            var limit = TimeSpan.FromSeconds(TimeoutSeconds);
            if (!NoWait) server = await WaitAsync(servers, name, limit, progress, cancel) ?? throw ServerErrors.WaitTimedOut(name, limit, (await servers.GetAsync(name, cancel)).Phase);
            WriteObject(server);
        }
        catch (LlmOpsException failure)
        {
            WriteFailure(failure.OnRig(rig));
        }
    }
}
