using System.Management.Automation;
using LlmOps.Engines;
using LlmOps.Infrastructure;

namespace LlmOps.Servers;

/// <summary>Waits until servers are ready to answer.</summary>
/// <remarks>
/// <para>Shows what the engine is doing while it starts. Ready means that /health answers 200 and that one token has come back.</para>
/// <para>A server that ends while it is waited for is an error with the cause and the end of its log. When the time is over the server goes on starting. Ctrl+C ends the wait and leaves the server alone.</para>
/// </remarks>
/// <example><para>Starts two servers at once and waits for both.</para><code>'a40', 'h100' | Start-VllmServer -Model Qwen/Qwen2.5-7B-Instruct -NoWait | Wait-LlmServer</code></example>
/// <example><para>Waits for a large model for an hour at the most.</para><code>Wait-LlmServer deepseek -TimeoutSeconds 3600</code></example>
[Cmdlet(VerbsLifecycle.Wait, "LlmServer")]
[OutputType(typeof(LlmServer))]
public sealed class WaitLlmServerCommand : ServerCmdlet
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

    /// <summary>How long to wait for each server, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSeconds { get; set; } = 1800;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        foreach (var (rig, name) in await ResolveAsync(Server, Rig, cancel))
        {
            try
            {
                var servers = await ServersOfAsync(rig, cancel);
                using var progress = new ProgressLine(this, $"Waiting for {name} on {rig}");
                var limit = TimeSpan.FromSeconds(TimeoutSeconds);
                if (await WaitAsync(servers, name, limit, progress, cancel) is { } ready) WriteObject(ready);
                else WriteFailure(ServerErrors.WaitTimedOut(name, limit, (await servers.GetAsync(name, cancel)).Phase));
            }
            catch (LlmOpsException failure)
            {
                WriteFailure(failure.OnRig(rig));
            }
        }
    }
}
