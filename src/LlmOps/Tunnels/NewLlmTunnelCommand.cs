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
/// With -OneAddress several servers, also of several rigs, share one local port: each request goes to a server that has the model it names, by the fewest in flight, and to
/// another one where the first does not answer; /v1/models lists the models of all. A client needs the key of any one of them, where they ask for keys.</para>
/// <para>It ends with Remove-LlmTunnel, with its rig (Remove-GpuRig), and with the session; with -Detach a pwsh of its own carries it, which asks nothing, so a key with a passphrase must be in the SSH agent.</para>
/// </remarks>
/// <example><para>Open a tunnel to a server and chat through it.</para><code>Get-LlmServer -Rig big | New-LlmTunnel | Invoke-LlmChat 'Good morning!'</code></example>
/// <example><para>Give the tunnel a fixed port, on IPv4 and IPv6.</para><code>New-LlmTunnel qwen -Rig big -LocalPort 8000 -BindAddress localhost</code></example>
/// <example><para>Be told at once when a tunnel is lost or back.</para><code>Register-EngineEvent LlmOps.TunnelStateChanged -Action { Write-Host $Event.Sender.Name $Event.SourceArgs[0] }
/// New-LlmTunnel qwen -Rig big</code></example>
/// <example><para>Keep a tunnel open when this session ends, and end it from another one.</para><code>New-LlmTunnel qwen -Rig big -LocalPort 8000 -Detach
/// # later, in any session
/// Remove-LlmTunnel qwen</code></example>
/// <example><para>Let the containers of this machine use the model too.</para><code>(New-LlmTunnel qwen -Rig big -DockerBridge).ContainerUri</code></example>
/// <example><para>Give all servers of all rigs one address, to which clients come with any of their models.</para><code>Get-GpuRig | Get-LlmServer | Where-Object State -EQ Ready | New-LlmTunnel -OneAddress -LocalPort 8000
/// (Get-LlmTunnel gateway).Backends</code></example>
/// <example><para>Reach any other port of a rig.</para><code>New-LlmTunnel -Rig big -RemotePort 3000</code></example>
[Cmdlet(VerbsCommon.New, "LlmTunnel", DefaultParameterSetName = ServerSet, SupportsShouldProcess = true)]
[OutputType(typeof(LlmTunnel))]
public sealed class NewLlmTunnelCommand : TunnelCmdlet
{
    private const string ServerSet = "Server";
    private const string PortSet = "Port";
    private const string GatewayName = "gateway";

    private readonly List<ServerArgument> _together = [];

    /// <summary>The servers: names, or the objects that Get-LlmServer and Start-VllmServer return. Each gets a tunnel of its own, unless -OneAddress is given.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ServerSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    public ServerArgument[] Server { get; set; } = [];

    /// <summary>Opens one tunnel for all servers: each request goes to one that has its model.</summary>
    [Parameter(ParameterSetName = ServerSet)]
    public SwitchParameter OneAddress { get; set; }

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

    /// <summary>The tunnel's name. Without it the server's name, the rig's name and the port, or "gateway" for -OneAddress.</summary>
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
        if (OneAddress) _together.AddRange(Server);
        else if (ParameterSetName == PortSet) await GiveAsync([], cancel);
        else foreach (var server in Server) await GiveAsync([server], cancel);
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancel)
    {
        if (_together.Count > 0) await GiveAsync(_together, cancel);
    }

    private async Task GiveAsync(IReadOnlyList<ServerArgument> arguments, CancellationToken cancel)
    {
        if (Keep) await DetachedTunnelProcess.KeepAsync(Name!, () => OpenAsync(arguments, cancel));
        else if (await OpenAsync(arguments, cancel) is { } tunnel) WriteObject(tunnel);
    }

    private async Task<LlmTunnel?> OpenAsync(IReadOnlyList<ServerArgument> arguments, CancellationToken cancel)
    {
        if (ConnectTimeout <= TimeSpan.Zero || ConnectTimeout > TimeSpan.FromHours(1)) throw TunnelErrors.ConnectTimeoutInvalid(ConnectTimeout);
        var addresses = Addresses();
        var servers = new List<LlmServer>();
        foreach (var argument in arguments) servers.Add(await ResolveAsync(argument, Rig, cancel));
        servers = [.. servers.DistinctBy(server => (server.Rig!.Name, server.Name))];
        var rig = servers.Count > 0 ? servers[0].Rig! : Find(Rig!);
        var name = NameFor(servers, rig);
        var containers = DockerBridge ? await FindContainersAsync(cancel) : null;
        var target = servers.Count == 0 ? $"port {RemotePort} on {rig.Name}" : string.Join(", ", servers.Select(server => $"{server.Name} on {server.Rig!.Name}"));
        if (!ShouldProcess(target, "Open tunnel")) return null;
        if (Detach)
        {
            var detached = await DetachAsync(servers, rig, name, cancel);
            if (containers is not null) await OpenToContainersAsync(detached, containers);
            return detached;
        }

        var tunnel = servers switch
        {
            [] => await OpenAsync(Localized(new TunnelOptions { Name = name, Rig = rig, RemotePort = RemotePort }), opened => new TunnelCheck(Services.Chat, Services.Time).ProbeAsync(opened, cancel), cancel),
            [var server] when !OneAddress => await OpenAsync(server, name, Localized, cancel),
            _ => await OpenGatewayAsync(servers, Localized(new TunnelOptions { Name = name, Rig = rig, RemotePort = servers[0].Port }), cancel),
        };
        if (containers is not null) await OpenToContainersAsync(tunnel, containers);
        Services.Tunnels.Add(tunnel);
        Services.TunnelNotices.Watch(tunnel, Events);
        return tunnel;

        TunnelOptions Localized(TunnelOptions options) => options with { LocalPort = LocalPort, BindAddress = addresses, ConnectTimeout = ConnectTimeout };
    }

    private async Task<LlmTunnel> OpenGatewayAsync(IReadOnlyList<LlmServer> servers, TunnelOptions options, CancellationToken cancel)
    {
        var tunnels = new List<LlmTunnel>();
        try
        {
            foreach (var server in servers) tunnels.Add(await OpenAsync(server, server.Name, own => own with { ConnectTimeout = ConnectTimeout }, cancel));
            options = options with
            {
                Model = tunnels.Select(tunnel => tunnel.Model).Distinct().ToList() is [var only] ? only : null,
                ApiKey = tunnels.Select(tunnel => tunnel.GetApiKey()).FirstOrDefault(key => key is not null),
            };
            return LlmTunnel.OpenGateway(options, tunnels, Services.Chat, Services.Time);
        }
        catch
        {
            foreach (var tunnel in tunnels) await tunnel.DisposeAsync();
            throw;
        }
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

    private async Task<LlmTunnel> DetachAsync(IReadOnlyList<LlmServer> servers, GpuRig rig, string name, CancellationToken cancel)
    {
        if (servers.Select(server => server.Rig!.Name).Append(rig.Name).FirstOrDefault(used => Services.Rigs.Find(used) is null) is { } unknown) throw TunnelErrors.DetachedRigUnknown(unknown);
        var found = string.Join(", ", servers.Select(server => $"(Get-LlmServer {DetachedShell.Quoted(server.Name)} -Rig {DetachedShell.Quoted(server.Rig!.Name)})"));
        var target = servers.Count == 0 ? FormattableString.Invariant($"-RemotePort {RemotePort} -Rig {DetachedShell.Quoted(rig.Name)}")
            : OneAddress ? $"-Server {found} -OneAddress"
            : $"-Server {DetachedShell.Quoted(servers[0].Name)} -Rig {DetachedShell.Quoted(rig.Name)}";
        var addresses = string.Join(',', BindAddress.Select(DetachedShell.Quoted));
        var opening = FormattableString.Invariant(
            $"New-LlmTunnel {target} -Name {DetachedShell.Quoted(name)} -LocalPort {LocalPort} -BindAddress {addresses} -AllowRemote:${AllowRemote.IsPresent} -DockerBridge:${DockerBridge.IsPresent} -ConnectTimeout {ConnectTimeout.TotalSeconds} -Keep -WarningAction Ignore");
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

    private string NameFor(IReadOnlyList<LlmServer> servers, GpuRig rig)
    {
        var usual = servers.Count == 0 ? $"{rig.Name}-{RemotePort}" : OneAddress ? GatewayName : servers[0].Name;
        if (Name is null) return RigName.From(usual, taken => Services.Tunnels.Find(taken) is not null);
        return Services.Tunnels.Find(Name) is null ? Name : throw TunnelErrors.Exists(Name);
    }
}
