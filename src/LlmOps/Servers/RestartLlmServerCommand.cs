using System.Management.Automation;
using LlmOps.Engines;

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
public sealed class RestartLlmServerCommand : NamedServerCmdlet
{
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
    protected override Task ProcessAsync(CancellationToken cancel) => OnServersAsync("Restart server", "Restarting", async (servers, name, progress) =>
    {
        progress.Report("stopping");
        var server = await servers.RestartAsync(name, Guid.NewGuid().ToString("N"), DrainSeconds, cancel);
        WriteObject(NoWait ? server : await WaitAsync(servers, name, TimeoutSeconds, progress, cancel));
    }, cancel);
}
