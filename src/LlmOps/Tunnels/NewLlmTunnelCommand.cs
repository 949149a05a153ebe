using System.Management.Automation;
using System.Net;
using LlmOps.Containers;
using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Rigs;

namespace LlmOps.Tunnels;

/// <summary>Opens a tunnel: a local address of a server that runs on a rig.</summary>
/// <remarks>
/// <para>The tunnel listens on this machine only, unless other addresses are named, and carries every connection over an SSH connection of
/// its own to the server's port on the rig. It is looked through once, with the server's own list of models, before it is returned.</para>
/// <para>It heals itself: when the connection to the rig is lost, the local port stays, new connections wait until the rig is back
/// (-ConnectTimeout), and those that were open end with a reset. The rig's profile is read anew at each attempt, so a rig whose port has changed is found.
/// Get-LlmTunnel shows state and history; the next LlmOps command warns of each change, and the engine event LlmOps.TunnelStateChanged tells of it at once.
/// It ends with Remove-LlmTunnel, and with the session; with -Detach a pwsh of its own carries it, which asks nothing, so a key with a passphrase must be in the SSH agent.</para>
/// </remarks>
/// <example><para>Open a tunnel to a server and chat through it.</para><code>Get-LlmServer -Rig big | New-LlmTunnel | Invoke-LlmChat 'Good morning!'</code></example>
/// <example><para>Give the tunnel a fixed port, on IPv4 and IPv6.</para><code>New-LlmTunnel qwen -Rig big -LocalPort 8000 -BindAddress localhost</code></example>
/// <example><para>Be told at once when a tunnel is lost or back.</para><code>Register-EngineEvent LlmOps.TunnelStateChanged -Action { Write-Host $Event.Sender.Name $Event.SourceArgs[0] }
/// New-LlmTunnel qwen -Rig big</code></example>
/// <example><para>Keep a tunnel open when this session ends, and end it from another one.</para><code>New-LlmTunnel qwen -Rig big -LocalPort 8000 -Detach
/// # later, in any session
/// Remove-LlmTunnel qwen</code></example>
/// <example><para>Let the containers of this machine use the model too.</para><code>(New-LlmTunnel qwen -Rig big -DockerBridge).ContainerUri</code></example>
/// <example><para>Reach any other port of a rig.</para><code>New-LlmTunnel -Rig big -RemotePort 3000</code></example>
[Cmdlet(VerbsCommon.New, "LlmTunnel", DefaultParameterSetName = ServerSet, SupportsShouldProcess = true)]
[OutputType(typeof(LlmTunnel))]
public sealed class NewLlmTunnelCommand : TunnelCmdlet
{
    private const string ServerSet = "Server";
    private const string PortSet = "Port";

    /// <summary>The server: its name, or the object that Get-LlmServer and Start-VllmServer return.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ServerSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    public ServerArgument Server { get; set; } = null!;

    /// <summary>The rig. Not needed for a server object, nor where only one rig is known.</summary>
    [Parameter(ParameterSetName = ServerSet)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PortSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument? Rig { get; set; }

    /// <summary>The TCP port on the rig, for what is no server of LlmOps.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PortSet)]
    [ValidateRange(1, 65535)]
    public int RemotePort { get; set; }

    /// <summary>The TCP port on this machine. Without it a free one is taken.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int LocalPort { get; set; }

    /// <summary>The addresses of this machine to listen on: IPv4, IPv6, localhost, or * for all. Default: 127.0.0.1.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] BindAddress { get; set; } = ["127.0.0.1"];

    /// <summary>Lets the containers of Docker or Podman on this machine in too; ContainerUri is the address that they use. Needs no -AllowRemote: other machines are not let in there.</summary>
    [Parameter]
    public SwitchParameter DockerBridge { get; set; }

    /// <summary>Allows addresses that other machines can reach.</summary>
    [Parameter]
    public SwitchParameter AllowRemote { get; set; }

    /// <summary>How long a new connection waits for the rig: a TimeSpan, or a number of seconds. Default: 15 s.</summary>
    [Parameter]
    [Duration]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The tunnel's name. Without it the server's name, or the rig's name and the port.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Gives the tunnel a process of its own, which outlives this session. Get-LlmTunnel and Remove-LlmTunnel find it from any session of this user; it ends when its server stops or its rig is removed.</summary>
    [Parameter]
    public SwitchParameter Detach { get; set; }

    /// <summary>Carries the tunnel in this session until it is removed or what is behind it has ended, and only then returns. -Detach starts its process with it.</summary>
    [Parameter(DontShow = true)]
    public SwitchParameter Keep { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        if (Keep) await DetachedTunnelProcess.KeepAsync(Name!, () => OpenAsync(cancel));
        else if (await OpenAsync(cancel) is { } tunnel) WriteObject(tunnel);
    }

    private async Task<LlmTunnel?> OpenAsync(CancellationToken cancel)
    {
        if (ConnectTimeout <= TimeSpan.Zero || ConnectTimeout > TimeSpan.FromHours(1)) throw TunnelErrors.ConnectTimeoutInvalid(ConnectTimeout);
        var addresses = Addresses();
        var server = ParameterSetName == ServerSet ? await ResolveAsync(Server, Rig, cancel) : null;
        var rig = server?.Rig ?? Find(Rig!);
        var name = NameFor(server, rig);
        var containers = DockerBridge ? await FindContainersAsync(cancel) : null;
        if (!ShouldProcess($"{server?.Name ?? $"port {RemotePort}"} on {rig.Name}", "Open tunnel")) return null;
        if (Detach)
        {
            var detached = await DetachAsync(server, rig, name, cancel);
            if (containers is not null) await OpenToContainersAsync(detached, containers);
            return detached;
        }

        var tunnel = server is not null
            ? await OpenAsync(server, name, Localized, cancel)
            : await OpenAsync(Localized(new TunnelOptions { Name = name, Rig = rig, RemotePort = RemotePort }), opened => new TunnelCheck(Services.Chat, Services.Time).ProbeAsync(opened, cancel), cancel);
        if (containers is not null) await OpenToContainersAsync(tunnel, containers);
        Services.Tunnels.Add(tunnel);
        Services.TunnelNotices.Watch(tunnel, Events);
        return tunnel;

        TunnelOptions Localized(TunnelOptions options) => options with { LocalPort = LocalPort, BindAddress = addresses, ConnectTimeout = ConnectTimeout };
    }

    private async Task<ContainerHostAddress> FindContainersAsync(CancellationToken cancel)
    {
        using var progress = new ProgressLine(this, "Opening a tunnel to containers");
        progress.Report("Asking the container engine");
        return await ContainerHostLookup.FindAsync(await Services.ContainerEngines.FindAsync(null, cancel), cancel);
    }

    private async Task OpenToContainersAsync(LlmTunnel tunnel, ContainerHostAddress containers)
    {
        try
        {
            tunnel.OpenToContainers(containers);
        }
        catch
        {
            await tunnel.DisposeAsync();
            throw;
        }

        WriteVerbose($"Containers reach it at {tunnel.ContainerUri}.");
        if (containers.NetworkTo(tunnel.LocalPort) is { } network) WriteWarning($"Without root, only a container that is started with --network {network} reaches {tunnel.ContainerUri}. Start-OpenWebUI does so.");
    }

    private async Task<LlmTunnel> DetachAsync(LlmServer? server, GpuRig rig, string name, CancellationToken cancel)
    {
        if (Services.Rigs.Find(rig.Name) is null) throw TunnelErrors.DetachedRigUnknown(rig.Name);
        var target = server is not null ? $"-Server {DetachedShell.Quoted(server.Name)}" : FormattableString.Invariant($"-RemotePort {RemotePort}");
        var addresses = string.Join(',', BindAddress.Select(DetachedShell.Quoted));
        var opening = FormattableString.Invariant(
            $"New-LlmTunnel {target} -Rig {DetachedShell.Quoted(rig.Name)} -Name {DetachedShell.Quoted(name)} -LocalPort {LocalPort} -BindAddress {addresses} -AllowRemote:${AllowRemote.IsPresent} -DockerBridge:${DockerBridge.IsPresent} -ConnectTimeout {ConnectTimeout.TotalSeconds} -Keep -WarningAction Ignore");
        using var progress = new ProgressLine(this, $"Opening tunnel {name}");
        return await new DetachedStart(name, progress).RunAsync(opening, cancel);
    }

    private IReadOnlyList<IPAddress> Addresses()
    {
        var addresses = BindAddresses.Parse(BindAddress);
        if (addresses.FirstOrDefault(BindAddresses.IsExposed) is not { } exposed) return addresses;
        if (!AllowRemote) throw TunnelErrors.RemoteBindNotAllowed(exposed);
        WriteWarning($"Other machines can reach the model through {exposed}. Whoever can connect can use it, unless the server asks for a key.");
        return addresses;
    }

    private string NameFor(LlmServer? server, GpuRig rig)
    {
        if (Name is null) return RigName.From(server?.Name ?? $"{rig.Name}-{RemotePort}", taken => Services.Tunnels.Find(taken) is not null);
        return Services.Tunnels.Find(Name) is null ? Name : throw TunnelErrors.Exists(Name);
    }
}
