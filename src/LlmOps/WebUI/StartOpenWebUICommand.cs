using System.Diagnostics;
using System.Management.Automation;
using LlmOps.Containers;
using LlmOps.Infrastructure;
using LlmOps.Tunnels;

namespace LlmOps.WebUI;

/// <summary>Starts Open WebUI, a chat page in the browser, in a container that reaches the model through a tunnel.</summary>
/// <remarks>
/// <para>It needs Docker or Podman on this machine. The page is on this machine's loopback and for one person, without sign-in, unless -Auth or -Credential is given. Chats are in memory, and gone with it,
/// unless -Persist is given. Retrieval over documents and speech, which would fetch models of their own, are off unless they are enabled.</para>
/// <para>The cmdlet returns when the page answers and lists the model. The key to the model gets into the container in a file: it is in no command line, and not in what 'docker inspect' shows.</para>
/// <para>A tunnel that was opened for it (-Server) ends with it; any other goes on. When the tunnel's PowerShell ends, the page stays and its model is out of reach.</para>
/// </remarks>
/// <example><para>From a server to a chat page, which opens in the browser.</para><code>Get-LlmServer qwen -Rig big | Start-OpenWebUI -Open</code></example>
/// <example><para>Take a tunnel that is open, and keep the chats.</para><code>New-LlmTunnel qwen -Rig big -DockerBridge | Start-OpenWebUI -Persist</code></example>
/// <example><para>Let colleagues use it, who have to sign in.</para><code>Start-OpenWebUI -Tunnel qwen -BindAddress 0.0.0.0 -AllowRemote -Credential admin@example.com -Persist</code></example>
/// <example><para>Use it with a service of somebody else, and set a variable of Open WebUI.</para><code>Start-OpenWebUI -Endpoint https://api.groq.com/openai/v1 -ApiKey (Get-Secret Groq) -Environment @{ WEBUI_NAME = 'Ours' }</code></example>
[Cmdlet(VerbsLifecycle.Start, "OpenWebUI", DefaultParameterSetName = TunnelSet, SupportsShouldProcess = true)]
[OutputType(typeof(OpenWebUI))]
public sealed class StartOpenWebUICommand : OpenWebUICmdlet
{
    private const string ServerSet = "Server";

    /// <summary>The server: its name, or the object. A tunnel to it is opened, and ends with Open WebUI.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ServerSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    public ServerArgument Server { get; set; } = null!;

    /// <summary>The rig that the server is on. Not needed for a server object, nor where only one rig is known.</summary>
    [Parameter(ParameterSetName = ServerSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument? Rig { get; set; }

    /// <summary>The name, which is the container's. Default: openwebui.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "openwebui";

    /// <summary>How long it may take from the container's start until the model is listed: a TimeSpan, or a number of seconds. Default: 300 s. The pull of the image does not count.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Opens the page in the browser.</summary>
    [Parameter]
    public SwitchParameter Open { get; set; }

    private protected override string ContainerName => Name;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromHours(1)) throw WebUIErrors.TimeoutInvalid(Timeout);
        Validate();
        using var progress = new ProgressLine(this, "Starting Open WebUI");
        progress.Report("Asking the container engine");
        var engine = await Services.ContainerEngines.FindAsync(Engine, cancel);
        var host = await FindHostAsync(engine, cancel);
        if (!ShouldProcess($"{Name} from {Image} for {What()}", "Start Open WebUI")) return;

        var tunnel = ParameterSetName == EndpointSet ? null : ParameterSetName == TunnelSet ? FindTunnel() : await OpenOwnAsync(cancel);
        OpenWebUIOptions options;
        OpenWebUI started;
        try
        {
            if (host is not null) tunnel?.OpenToContainers(host);
            options = Options(tunnel, host, await ModelOfAsync(tunnel, cancel)) with { OwnsTunnel = ParameterSetName == ServerSet };
            started = await StartAsync(engine, options, progress, cancel);
        }
        catch when (ParameterSetName == ServerSet && tunnel is not null)
        {
            await tunnel.DisposeAsync();
            throw;
        }

        WriteObject(started);
        if (!NeedsNoSignUp(options)) WriteWarning($"Whoever signs up first at {started.Uri} is the administrator.");
        if (Open) OpenBrowser(started.Uri);
    }

    private static bool NeedsNoSignUp(OpenWebUIOptions options) => !options.Auth || options.AdminPassword is not null;

    private Task<OpenWebUI> StartAsync(ContainerEngine engine, OpenWebUIOptions options, ProgressLine line, CancellationToken cancel)
    {
        var progress = new Progress<OpenWebUIProgress>(now => line.Report(now.Status, now.Percent, operation: now.Detail.Length == 0 ? null : now.Detail));
        return Services.WebUI(engine).StartAsync(options, Timeout, progress, cancel);
    }

    private async Task<LlmTunnel> OpenOwnAsync(CancellationToken cancel)
    {
        var server = await ResolveAsync(Server, Rig, cancel);
        var name = Rigs.RigName.From(server.Name, taken => Services.Tunnels.Find(taken) is not null);
        var tunnel = await OpenAsync(server, name, options => options, cancel);
        Services.Tunnels.Add(tunnel);
        Services.TunnelNotices.Watch(tunnel, Events);
        return tunnel;
    }

    private string What() => ParameterSetName switch
    {
        EndpointSet => Endpoint.ToString(),
        ServerSet => $"server {Server.Name}",
        _ => $"tunnel {Tunnel?.Name}".TrimEnd(),
    };

    private void OpenBrowser(Uri page)
    {
        try
        {
            Process.Start(new ProcessStartInfo(page.AbsoluteUri) { UseShellExecute = true })?.Dispose();
        }
        catch (Exception none) when (none is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            WriteWarning($"No browser could be started here. Open {page} in one.");
        }
    }
}
