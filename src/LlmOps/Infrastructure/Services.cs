using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security;
using LlmOps.Chat;
using LlmOps.Containers;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.Providers;
using LlmOps.Renting;
using LlmOps.Rigs;
using LlmOps.State;
using LlmOps.Tunnels;
using LlmOps.Tunnels.Detached;
using LlmOps.WebUI;

namespace LlmOps.Infrastructure;

/// <summary>Where the cmdlets' services are put together; the only place that names the SSH assembly.</summary>
internal static class Services
{
    private static readonly HttpMessageHandler s_http = ChatClient.CreateHandler();
    private static readonly RigLinkFactory s_links = new(CreateSsh, TimeProvider.System);

    /// <summary>The clock.</summary>
    public static TimeProvider Time => TimeProvider.System;

    /// <summary>How long a rig may stay out of reach before a cmdlet gives it up. Only tests change it.</summary>
    public static TimeSpan Patience { get; set; } = PatientConnection.DefaultPatience;

    /// <summary>The folder on this workstation.</summary>
    public static LlmOpsHome Home => LlmOpsHome.FromEnvironment();

    /// <summary>The rigs that this workstation knows.</summary>
    public static RigStore Rigs => new(Home);

    /// <summary>The shared connections of this process.</summary>
    public static RigConnectionPool Connections { get; } = new(Links, Agents, Time);

    /// <summary>Opens links to rigs that are not shared: one for each tunnel.</summary>
    public static IRigLinkFactory Links => s_links;

    /// <summary>As <see cref="Links"/>, for what lives long: each link goes to where the rig is then.</summary>
    public static IRigLinkFactory LocatedLinks => new LocatedLinks(s_links, new StoredRigLocator(Rigs));

    /// <summary>The tunnels of this process, and the detached ones.</summary>
    public static TunnelRegistry Tunnels { get; } = new(() => DetachedTunnels);

    /// <summary>The tunnels that have a process of their own.</summary>
    public static DetachedTunnelStore DetachedTunnels => new(Home);

    /// <summary>The module's manifest.</summary>
    public static string Manifest => Path.GetFullPath(Path.Join(ModuleFolder, "..", "..", "LlmOps.psd1"));

    /// <summary>What has happened to tunnels and was not told yet.</summary>
    public static TunnelNotices TunnelNotices { get; } = new();

    /// <summary>Talks to OpenAI-compatible endpoints.</summary>
    public static ChatClient Chat { get; } = new(s_http, Time);

    /// <summary>Finds Docker and Podman.</summary>
    public static ContainerEngineFinder ContainerEngines { get; } = new(Time);

    /// <summary>Open WebUI in a container.</summary>
    /// <param name="engine">The engine.</param>
    public static OpenWebUIService WebUI(ContainerEngine engine) => new(engine, new OpenWebUIPage(s_http), Time);

    /// <summary>The simulator's executable.</summary>
    public static string SimulatorPath => Path.Join(ModuleFolder, "simulator", $"linux-{RuntimeInformation.OSArchitecture}".ToLowerInvariant(), "llmops-simulator");

    /// <summary>The journal of what is rented.</summary>
    public static RigJournal Journal => new(Home, Time);

    /// <summary>Asks providers how rentals stand.</summary>
    public static RigReconciler Reconciler => new(Journal, Rigs, Home, Time);

    /// <summary>Ends rented machines.</summary>
    public static RigTermination Termination => new(Journal, Home, Time);

    /// <summary>The accounts of this workstation.</summary>
    /// <param name="apiKey">The key to use; null takes the one that this machine has.</param>
    /// <param name="speed">How many times faster than this machine's the clocks of new simulated machines run.</param>
    public static ProviderSource Accounts(SecureString? apiKey = null, double speed = 1) => new(ProviderEnvironment.FromProcess(), Home, SimulatorPath, speed, apiKey, Time);

    /// <summary>The way to rented machines.</summary>
    public static IRigAccess Access => new RigAccess(Links, Connections);

    /// <summary>Rents rigs.</summary>
    /// <param name="providers">The accounts.</param>
    public static RigProvisioner Provisioner(IProviderSource providers) => new(providers, Journal, Rigs, Access, Home, Time);

    /// <summary>The rented rigs and how they stand.</summary>
    /// <param name="providers">The accounts.</param>
    public static RentedRigs RentedRigs(IProviderSource providers) => new(
        providers, Reconciler, Journal, async (rig, cancel) => await Connections.Get(rig).InvokeAsync(GuardOperations.Status, Nothing.Value, cancel), Home, Time);

    private static AgentCatalog Agents => new(Path.Join(ModuleFolder, "agent"));

    // Tests and tools that load LlmOps.dll from elsewhere say where the built module lies.
    private static string ModuleFolder =>
        Environment.GetEnvironmentVariable("LLMOPS_MODULE_BIN") is { Length: > 0 } named ? named : Path.GetDirectoryName(typeof(Services).Assembly.Location)!;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IRigLinkFactory CreateSsh() => new LlmOps.Ssh.SshLinkFactory(Home, Time);
}
