using System.Management.Automation;
using LlmOps.Engines;

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
public sealed class WaitLlmServerCommand : NamedServerCmdlet
{
    /// <summary>How long to wait for each server, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSeconds { get; set; } = 1800;

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel) => OnServersAsync(null, "Waiting for", async (servers, name, progress) =>
        WriteObject(await WaitAsync(servers, name, TimeoutSeconds, progress, cancel)), cancel);
}
