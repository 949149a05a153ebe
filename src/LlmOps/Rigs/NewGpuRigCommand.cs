using System.Management.Automation;
using LlmOps.Gpus;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Rigs;

/// <summary>Rents a machine with GPUs, or attaches one, so that all other cmdlets can work on it.</summary>
/// <remarks>
/// <para>With -Provider, or an offer of Find-GpuOffer, a machine is rented. Its price, its ceiling and what ends it are shown by -WhatIf and -Confirm. Where an offer is no longer free, the next is tried; of several
/// offers one machine is rented. It ends itself after -MaxDuration (8 h), after -IdleTimeout without a request, a command, work on its GPUs or a login (30 min), and when it has cost -Budget: a guard on the
/// machine sees to that, and the provider itself where it can; neither needs this workstation.</para>
/// <para>What is rented is written to a journal before it is asked for. Ctrl+C leaves no machine, or one that the journal knows and that is being ended. A machine that does not become ready is given back,
/// unless -KeepOnFailure is given. Remove-GpuRig ends a machine; Find-GpuOrphan finds what nobody looks after.</para>
/// <para>Otherwise a machine is attached: it is reached by SSH with your own keys, agent and ~/.ssh/config, or it is this machine (-Local), or a rehearsal rig that
/// costs nothing (-Simulated). It is connected to, and its GPUs are looked at, before anything is kept; if that fails, nothing changes.</para>
/// <para>A host key that is not known yet is asked about with its SHA-256 fingerprint; -AcceptNewHostKey answers yes. A host key that has changed is always refused.</para>
/// </remarks>
/// <example><para>Rent two A40 for no more than 20 dollars, by the cheapest offer of RunPod.</para><code>New-GpuRig -Provider RunPod -Gpu A40 -GpuCount 2 -Budget 20</code></example>
/// <example><para>See what renting would cost, with the models on a volume that stays.</para><code>New-GpuRig -Provider RunPod -Gpu A40, L40S -GpuCount 2 -MaxPricePerHour 2 -Volume models -MaxDuration 4h -WhatIf</code></example>
/// <example><para>Rehearse renting: no machine, no money, an hour a minute.</para><code>New-GpuRig -Provider Simulated -Gpu A40 -GpuCount 2 -Speed 60</code></example>
/// <example><para>Attach a machine by SSH.</para><code>New-GpuRig ubuntu@203.0.113.7:22031 -IdentityFile ~/.ssh/id_ed25519 -Name big</code></example>
/// <example><para>Attach a machine by its alias in ~/.ssh/config.</para><code>New-GpuRig -HostName gpubox</code></example>
/// <example><para>Rehearse on a machine with two A40 that does not exist, twenty times faster than life.</para><code>New-GpuRig -Simulated -Gpu A40 -GpuCount 2 -Speed 20</code></example>
[Cmdlet(VerbsCommon.New, "GpuRig", SupportsShouldProcess = true, DefaultParameterSetName = SshSet)]
[OutputType(typeof(GpuRig))]
public sealed class NewGpuRigCommand : RentalCmdlet
{
    private const string SshSet = "Ssh";
    private const string LocalSet = "Local";
    private const string SimulatedSet = "Simulated";

    /// <summary>The machine: a host name, an address, an alias of ~/.ssh/config, or all in one as user@host:port.</summary>
    [Parameter(ParameterSetName = SshSet, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string HostName { get; set; } = "";

    /// <summary>The login name; without it ~/.ssh/config decides, then your own.</summary>
    [Parameter(ParameterSetName = SshSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? UserName { get; set; }

    /// <summary>The TCP port of the SSH server; without it ~/.ssh/config decides, then 22.</summary>
    [Parameter(ParameterSetName = SshSet, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 65535)]
    public int Port { get; set; }

    /// <summary>Private keys to offer: OpenSSH, PEM or PuTTY files. Without it ~/.ssh/config, the agent and the usual files are used; a rented machine gets a key of its own.</summary>
    [Parameter(ParameterSetName = SshSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    [ValidateNotNullOrEmpty]
    public string[] IdentityFile { get; set; } = [];

    /// <summary>An ssh_config file to read instead of ~/.ssh/config; none reads no configuration.</summary>
    [Parameter(ParameterSetName = SshSet)]
    [ValidateNotNullOrEmpty]
    public string? ConfigFile { get; set; }

    /// <summary>Trusts a host key that is not known yet without asking. A changed key is refused all the same.</summary>
    [Parameter(ParameterSetName = SshSet)]
    public SwitchParameter AcceptNewHostKey { get; set; }

    /// <summary>Takes this machine as the rig.</summary>
    [Parameter(ParameterSetName = LocalSet, Mandatory = true)]
    public SwitchParameter Local { get; set; }

    /// <summary>Makes a rehearsal rig: a folder on this machine that behaves like a GPU machine, from SSH to the log lines of vLLM.</summary>
    [Parameter(ParameterSetName = SimulatedSet, Mandatory = true)]
    public SwitchParameter Simulated { get; set; }

    /// <summary>The GPU models to rent, the cheapest first, with wildcards; or the one that the rehearsal rig pretends to have. Such as A40 or 'NVIDIA H100 80GB HBM3'.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = SimulatedSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SimulatedGpuCompleter))]
    public override string[] Gpu { get; set; } = [];

    /// <summary>How many GPUs.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = SimulatedSet)]
    [ValidateRange(1, 16)]
    public override int GpuCount { get; set; } = 1;

    /// <summary>How many times faster than a real machine the clock of a rehearsal rig runs; of a rented one, its meter too.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    [Parameter(ParameterSetName = SimulatedSet)]
    [ValidateRange(0.1, 1000.0)]
    public override double Speed { get; set; } = 1;

    /// <summary>Returns as soon as the provider has made the machine; it is made ready in this session meanwhile.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Keeps a machine that does not become ready, so that it can be looked at. It is billed until it is removed.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    public SwitchParameter KeepOnFailure { get; set; }

    /// <summary>How the rehearsal rig fails: OutOfMemory, NcclHang, CrashAfter:30, Gated, DropSsh:20, DiskFull, DriverNotLoaded, NoGpu, NoNvidiaSmi, NeverReady, SlowStart; or what a check of Test-GpuRig finds, such as OldDriver. Tab completes all.</summary>
    [Parameter(ParameterSetName = SimulatedSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SimulatedFaultCompleter))]
    public string[] Fault { get; set; } = [];

    /// <summary>The folder that LlmOps keeps on the rig; without it, ~/.llmops, or /workspace/llmops where a volume is mounted there.</summary>
    [Parameter(ParameterSetName = SshSet)]
    [Parameter(ParameterSetName = LocalSet)]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    private protected override string? OwnKey => IdentityFile.Length > 0 ? GetUnresolvedProviderPathFromPSPath(IdentityFile[0]) : null;

    private protected override bool Hurries => NoWait;

    private protected override bool Keeps => KeepOnFailure;

    private string SimulatedGpu => Gpu.Length > 0 ? Gpu[0] : "A40";

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel)
    {
        if (!IsRental) return AttachAsync(cancel);
        CollectOffers();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancel)
    {
        // Offers are candidates for one machine, so that a long list rents no more than one.
        if (IsRental && await RentAsync(Services.Accounts(ApiKey, Speed), cancel) is { } rig) WriteObject(rig);
    }

    private async Task AttachAsync(CancellationToken cancel)
    {
        var destination = ParameterSetName == SshSet ? Destination() : null;
        var name = Name ?? RigName.From(
            destination?.HostName ?? (Local ? "local" : $"simulated-{SimulatedGpu}"), taken => Services.Rigs.Find(taken) is not null);
        RigName.Validate(name);
        if (Services.Rigs.Find(name) is not null) throw RigErrors.Exists(name);
        if (Local && OperatingSystem.IsWindows()) throw RigErrors.LocalUnsupported();
        if (!ShouldProcess(destination?.ToString() ?? name, Simulated ? "Make simulated rig" : "Attach rig")) return;
        using var progress = new ProgressLine(this, $"Attaching rig {name}");
        progress.Report("Connecting");
        if (Simulated)
        {
            await AttachSimulatedAsync(name, cancel);
            return;
        }

        var rig = new GpuRig { Name = name, Kind = Local ? RigKind.Local : RigKind.Ssh, Ssh = destination, Root = Root, CreatedAt = Services.Time.GetUtcNow() };
        try
        {
            Keep(await WithGpusAsync(rig, cancel));
        }
        catch
        {
            await Services.Connections.CloseAsync(rig);
            throw;
        }
    }

    private async Task AttachSimulatedAsync(string name, CancellationToken cancel)
    {
        var host = new SimulatedRigHost(Services.Time);
        var rig = await host.CreateAsync(name, SimulatedGpu, GpuCount, Speed, Fault, Services.Home, Services.SimulatorPath, cancel);
        try
        {
            Keep(await WithGpusAsync(rig, cancel));
        }
        catch
        {
            await Services.Connections.CloseAsync(rig);
            await host.DestroyAsync(rig);
            throw;
        }
    }

    private void Keep(GpuRig rig)
    {
        Services.Rigs.Add(rig);
        WriteObject(rig);
    }

    private async Task<GpuRig> WithGpusAsync(GpuRig rig, CancellationToken cancel)
    {
        var connection = Services.Connections.Get(rig);
        await connection.ConnectAsync(AcceptNewHostKey ? new TrustingQuestions(new ConnectQuestions(this)) : new ConnectQuestions(this), cancel);
        try
        {
            var gpus = await connection.InvokeAsync(GpuOperations.Memory, new GpuMemoryArgs(), cancel);
            return rig with { Gpu = gpus.Gpus.FirstOrDefault()?.Name, GpuCount = gpus.Gpus.Count };
        }
        catch (LlmOpsException unseen) when (unseen.Kind != ErrorKind.ConnectionError)
        {
            WriteWarning($"Rig '{rig.Name}' is attached, but its GPUs can't be seen: {unseen.Message} {unseen.RecommendedAction}");
            return rig;
        }
    }

    private SshDestination Destination()
    {
        var given = SshDestination.Parse(HostName);
        return given with
        {
            UserName = UserName ?? given.UserName,
            Port = Port > 0 ? Port : given.Port,
            IdentityFile = [.. IdentityFile.Select(GetUnresolvedProviderPathFromPSPath)],
            ConfigFile = ConfigFile is null or "none" ? ConfigFile : GetUnresolvedProviderPathFromPSPath(ConfigFile),
        };
    }
}
