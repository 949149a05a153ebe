using LlmOps.Gpus;
using LlmOps.Renting;
using LlmOps.Rigs;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Providers.Simulated;

/// <summary>
/// A provider whose machines are rehearsal rigs and whose dollars do not exist: to rehearse renting, serving and giving back for free. Its meter runs on the
/// machines' own clock, so at speed 60 a minute costs an hour.
/// </summary>
/// <param name="account">The account.</param>
/// <param name="simulatorPath">The simulator's executable; empty on a machine, which only ends itself.</param>
/// <param name="speed">How many times faster than this machine's the clocks of new machines run.</param>
/// <param name="time">The clock.</param>
public sealed class SimulatedGpuProvider(SimulatedAccount account, string simulatorPath, double speed, TimeProvider time)
    : IGpuProvider, IStopStart, IVolumeStore, ISimulatedMachines
{
    /// <summary>The provider's name.</summary>
    public const string ProviderName = "Simulated";

    private const string Place = "simulated-1";
    private const decimal PricePerGiBMonth = 0.07m;

    private static readonly int[] Counts = [1, 2, 4, 8];
    private static readonly TimeSpan BootTime = TimeSpan.FromSeconds(60);

    private readonly bool _onMachine = simulatorPath.Length == 0;

    /// <inheritdoc/>
    public GpuProviderInfo Info { get; } = InfoOf(account);

    /// <inheritdoc/>
    public double Speed => speed;

    /// <inheritdoc/>
    public string StopConsequence => "The simulated machine's processes end and its files stay; nothing is billed while it is stopped.";

    /// <summary>The account as a machine of its own sees it, to end itself.</summary>
    /// <param name="folder">The account's folder.</param>
    /// <param name="key">Not needed: what does not exist needs no key.</param>
    internal static SimulatedGpuProvider OnMachine(string folder, System.Security.SecureString? key)
    {
        key?.Dispose();
        return new SimulatedGpuProvider(new SimulatedAccount(folder), "", 1, TimeProvider.System);
    }

    /// <inheritdoc/>
    public Task<AccountStatus> TestKeyAsync(CancellationToken cancel)
    {
        ThrowIfDown();
        return Task.FromResult(new AccountStatus
        {
            Provider = ProviderName,
            CanRent = true,
            IsReadOnly = false,
            Machines = Living().Count(),
            Remarks = ["Simulated: nothing is rented and nothing is paid."],
        });
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<GpuOffer>> FindOffersAsync(OfferQuery query, CancellationToken cancel)
    {
        ThrowIfDown();
        var offers = GpuCatalog.All.Where(SimulatedGpu.CanBe).Select(spec => SimulatedGpu.Of(spec.Name)).SelectMany(gpu => Counts.Select(count => new GpuOffer
        {
            Provider = ProviderName,
            Product = $"{count}x{gpu.Spec.Name}",
            Gpu = gpu.Spec.Name,
            GpuCount = count,
            MemoryPerGpu = (long)Math.Ceiling(gpu.MemoryMiB / 1024.0) << 30,
            Regions = [Place],
            Stock = GpuStock.High,
            PricePerHour = Price(gpu) * count,
            IsContainer = true,
            TakesVolume = true,
            BootTime = BootTime / speed,
            FetchedAt = time.GetUtcNow(),
        }));
        return Task.FromResult<IReadOnlyList<GpuOffer>>([.. offers.Select(query.Matches).OfType<GpuOffer>()]);
    }

    /// <inheritdoc/>
    public Task<RentedMachine> CreateAsync(RigSpec spec, CancellationToken cancel)
    {
        ThrowIfDown();
        var now = time.GetUtcNow();
        var machine = new SimulatedMachineRecord
        {
            Id = $"sim-{Guid.NewGuid():N}"[..12],
            Name = spec.Name,
            Gpu = spec.Offer.Gpu,
            GpuCount = spec.Offer.GpuCount,
            PricePerHour = spec.Offer.PricePerHour,
            Speed = speed,
            SshPublicKey = spec.SshPublicKey,
            Volume = spec.Volume?.Id,
            CreatedAt = now,
            BootsAt = now + (BootTime / speed),
            BilledSince = now,
        };
        var folder = account.RigOf(machine.Id);
        SimulatedRigBuilder.Build(folder, new SimulatedRigState
        {
            Name = machine.Name,
            Gpu = machine.Gpu,
            GpuCount = machine.GpuCount,
            Speed = speed,
            Simulator = simulatorPath,
            HubPort = LoopbackPort.Choose(),
        });
        if (machine.Volume is { } volume)
        {
            // What is on the volume is what takes long to fetch: the models.
            Directory.CreateDirectory(folder.Join("home/.cache"));
            Directory.CreateSymbolicLink(folder.Join("home/.cache/huggingface"), account.ContentOf(volume));
        }

        account.Write(machine);
        return Task.FromResult(Show(machine, null));
    }

    /// <inheritdoc/>
    public async Task<RentedMachine?> FindAsync(string id, CancellationToken cancel)
    {
        ThrowIfDown();
        if (account.Find(id) is not { EndedAt: null } machine) return null;
        return Show(machine, await RunningAsync(machine, cancel).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RentedMachine>> ListAsync(CancellationToken cancel)
    {
        ThrowIfDown();
        return Task.FromResult<IReadOnlyList<RentedMachine>>([.. Living().Select(machine => Show(machine, Seen(machine)))]);
    }

    /// <inheritdoc/>
    public async Task<Termination> TerminateAsync(string id, CancellationToken cancel)
    {
        ThrowIfDown();
        if (account.Find(id) is not { EndedAt: null } machine) return Termination.AlreadyGone;
        var now = time.GetUtcNow();
        account.Write(machine with { EndedAt = now, BilledBefore = machine.Billed(now), BilledSince = null });
        var folder = account.RigOf(id);
        await new SimulatedRigPower(folder, time).StopAsync(CancellationToken.None, _onMachine).ConfigureAwait(false);
        if (Directory.Exists(folder.Path)) Directory.Delete(folder.Path, recursive: true);
        return Termination.Accepted;
    }

    /// <inheritdoc/>
    public async Task StopAsync(string id, CancellationToken cancel)
    {
        var machine = Get(id);
        var now = time.GetUtcNow();
        account.Write(machine with { BilledBefore = machine.Billed(now), BilledSince = null });
        await new SimulatedRigPower(account.RigOf(id), time).StopAsync(CancellationToken.None, _onMachine).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StartAsync(string id, CancellationToken cancel)
    {
        var machine = Get(id);
        var folder = account.RigOf(id);
        (SimulatedRigState.Read(folder) with { SshPort = null }).Write(folder); // a machine that is started again has another address
        var now = time.GetUtcNow();
        account.Write(machine with { BilledSince = now, BootsAt = now + (BootTime / machine.Speed) });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<GpuVolume>> ListVolumesAsync(CancellationToken cancel)
    {
        ThrowIfDown();
        return Task.FromResult(account.ReadVolumes());
    }

    /// <inheritdoc/>
    public Task<GpuVolume> CreateVolumeAsync(VolumeSpec spec, CancellationToken cancel)
    {
        ThrowIfDown();
        var volume = new GpuVolume
        {
            Provider = ProviderName,
            Id = $"vol-{Guid.NewGuid():N}"[..12],
            Name = spec.Name,
            Region = Place,
            SizeGiB = spec.SizeGiB,
            PricePerMonth = PricePerGiBMonth * spec.SizeGiB,
        };
        account.Write(volume);
        return Task.FromResult(volume);
    }

    /// <inheritdoc/>
    public Task<Termination> DeleteVolumeAsync(string id, CancellationToken cancel)
    {
        ThrowIfDown();
        return Task.FromResult(account.DeleteVolume(id) ? Termination.Accepted : Termination.AlreadyGone);
    }

    /// <inheritdoc/>
    public SimulatedRig SimulationOf(string id)
    {
        var machine = Get(id);
        return new SimulatedRig { Folder = account.RigOf(id).Path, Gpu = machine.Gpu, GpuCount = machine.GpuCount, Speed = machine.Speed };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // There is nothing to give back.
    }

    /// <summary>What is known of the provider without an account of it.</summary>
    /// <param name="account">The account.</param>
    public static GpuProviderInfo InfoOf(SimulatedAccount account) => new()
    {
        Name = ProviderName,
        Address = AddressOf(account),
        Console = AddressOf(account),
        KeyPage = AddressOf(account),
        KeyVariables = [],
        KeyFiles = [],
        Capabilities = ProviderCapabilities.StopStart | ProviderCapabilities.Volumes | ProviderCapabilities.LiveStock | ProviderCapabilities.SshKeyInRequest
            | ProviderCapabilities.ContainerImage | ProviderCapabilities.MachineKey | ProviderCapabilities.Regions,
        MaxNameLength = 64,
        PollInterval = TimeSpan.FromMilliseconds(300),
        ReadyTimeout = TimeSpan.FromMinutes(5),
        ListingLag = TimeSpan.FromSeconds(1),
    };

    // With its scheme, since an address that is read back from text must be absolute on every system.
    private static Uri AddressOf(SimulatedAccount account) => new(new Uri(account.Folder).AbsoluteUri);

    // Made up, in the order of what such cards cost.
    private static decimal Price(SimulatedGpu gpu) => Math.Round((0.0045m * gpu.MemoryMiB / 1024m) + (0.00035m * (decimal)gpu.BandwidthGBs), 1) + 0.05m;

    private IEnumerable<SimulatedMachineRecord> Living() => account.ReadMachines().Where(machine => machine.EndedAt is null);

    private SimulatedMachineRecord Get(string id)
    {
        ThrowIfDown();
        return account.Find(id) is { EndedAt: null } machine ? machine : throw ProviderErrors.NotFound(Info, $"machine '{id}'", null);
    }

    private void ThrowIfDown()
    {
        if (File.Exists(account.DownFile)) throw ProviderErrors.Unreachable(Info, "it is simulated to be down.", null);
    }

    private async Task<SimulatedRigState?> RunningAsync(SimulatedMachineRecord machine, CancellationToken cancel)
    {
        if (machine.BilledSince is null || time.GetUtcNow() < machine.BootsAt || _onMachine) return null;
        var folder = account.RigOf(machine.Id);
        var state = await new SimulatedRigPower(folder, time).StartAsync(cancel).ConfigureAwait(false);
        var keys = Path.Join(folder.Sshd, "authorized_keys");
        if (File.Exists(keys) && !(await File.ReadAllTextAsync(keys, cancel).ConfigureAwait(false)).Contains(machine.SshPublicKey, StringComparison.Ordinal))
            await File.AppendAllTextAsync(keys, machine.SshPublicKey + "\n", cancel).ConfigureAwait(false);
        return state;
    }

    private SimulatedRigState? Seen(SimulatedMachineRecord machine) =>
        machine.BilledSince is null || time.GetUtcNow() < machine.BootsAt || !account.RigOf(machine.Id).Exists ? null : SimulatedRigState.Read(account.RigOf(machine.Id));

    private RentedMachine Show(SimulatedMachineRecord machine, SimulatedRigState? running) => new()
    {
        Provider = ProviderName,
        Id = machine.Id,
        Name = machine.Name,
        Region = Place,
        Product = $"{machine.GpuCount}x{machine.Gpu}",
        GpuCount = machine.GpuCount,
        PricePerHour = machine.PricePerHour,
        Cost = machine.Cost(time.GetUtcNow()),
        CreatedAt = machine.CreatedAt,
        Volumes = machine.Volume is { } volume ? [volume] : [],
        State = machine.BilledSince is null ? MachineState.Stopped : running is null ? MachineState.Pending : MachineState.Running,
        Status = machine.BilledSince is null ? "stopped (simulated)" : running is null ? "booting (simulated)" : "running (simulated)",
        Ssh = running?.SshPort is { } port ? new SshEndpoint(running.Address, port, Environment.UserName) : null,
    };
}
