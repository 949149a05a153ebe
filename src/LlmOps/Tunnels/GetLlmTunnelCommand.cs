using System.Management.Automation;
using LlmOps.Infrastructure;

namespace LlmOps.Tunnels;

/// <summary>Gets the tunnels of this session and the detached ones, with their state, their figures and what happened to them.</summary>
/// <remarks><para>The objects are live: their properties change while the tunnel works. The event Changed tells of each change of state; a detached tunnel is asked whenever it is looked at, and raises no event here.</para></remarks>
/// <example><para>List the tunnels.</para><code>Get-LlmTunnel</code></example>
/// <example><para>See why a tunnel reconnected.</para><code>(Get-LlmTunnel qwen).History</code></example>
[Cmdlet(VerbsCommon.Get, "LlmTunnel")]
[OutputType(typeof(LlmTunnel))]
public sealed class GetLlmTunnelCommand : TunnelCmdlet
{
    /// <summary>Names or wildcards. Without them all tunnels.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TunnelNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel)
    {
        WriteObject(Resolve(Name.Select(name => new TunnelArgument(name))), enumerateCollection: true);
        return Task.CompletedTask;
    }
}
