using System.Management.Automation;
using LlmOps.Infrastructure;

namespace LlmOps.Tunnels;

/// <summary>Ends tunnels of this session and detached ones; the servers behind them go on.</summary>
/// <remarks><para>The local port closes at once. Connections that are open may finish within -DrainTimeout; then they are reset.</para></remarks>
/// <example><para>End one tunnel.</para><code>Remove-LlmTunnel qwen</code></example>
/// <example><para>End all tunnels at once.</para><code>Get-LlmTunnel | Remove-LlmTunnel -DrainTimeout 0</code></example>
[Cmdlet(VerbsCommon.Remove, "LlmTunnel", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveLlmTunnelCommand : TunnelCmdlet
{
    /// <summary>The tunnels: names, wildcards or objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TunnelNameCompleter))]
    public TunnelArgument[] Tunnel { get; set; } = [];

    /// <summary>How long open connections may still take: a TimeSpan, or a number of seconds. Default: 3 s.</summary>
    [Parameter]
    [Duration]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        foreach (var tunnel in Resolve(Tunnel))
        {
            if (!ShouldProcess($"{tunnel.Name} ({tunnel.Uri})", "Remove tunnel")) continue;
            using var progress = new ProgressLine(this, $"Ending tunnel {tunnel.Name}");
            progress.Report($"Waiting for {tunnel.ActiveConnections} connections to finish");
            await tunnel.CloseAsync(DrainTimeout);
        }
    }
}
