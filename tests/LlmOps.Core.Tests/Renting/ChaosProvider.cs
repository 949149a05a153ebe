using LlmOps.Providers;

namespace LlmOps.Core.Tests.Renting;

/// <summary>The account as one process sees it: with latency, and with the faults of real providers at every call.</summary>
internal sealed class ChaosProvider(ChaosCloud cloud, VirtualTime time, Random random, Mortality life, int request, double faults) : IGpuProvider
{
    public const string Name = "Chaos";

    public GpuProviderInfo Info { get; } = new()
    {
        Name = Name,
        Address = new Uri("https://chaos.example"),
        Console = new Uri("https://chaos.example"),
        KeyPage = new Uri("https://chaos.example"),
        KeyVariables = ["CHAOS"],
        KeyFiles = [],
        Capabilities = ProviderCapabilities.MachineKey,
        MaxNameLength = 64,
        PollInterval = TimeSpan.FromSeconds(5),
        ReadyTimeout = TimeSpan.FromMinutes(15),
        ListingLag = ChaosCloud.LongestLag,
    };

    public static GpuOffer Offer => new() { Provider = Name, Product = "a40", Gpu = "NVIDIA A40", GpuCount = 2, PricePerHour = 0.90m, FetchedAt = DateTimeOffset.UnixEpoch };

    public Task<AccountStatus> TestKeyAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyList<GpuOffer>> FindOffersAsync(OfferQuery query, CancellationToken cancel) => throw new NotSupportedException();

    public async Task<RentedMachine> CreateAsync(RigSpec spec, CancellationToken cancel)
    {
        await TravelAsync(cancel);
        if (Fails()) throw ProviderErrors.NoCapacity(Info, "A40", null);
        if (Fails()) throw Lost();
        var machine = cloud.Make(spec.Name, request);
        life.Step();
        if (Fails()) throw Lost();
        await TravelAsync(cancel);
        return Show(machine);

        ProviderException Lost() => new(ProviderFailure.Transient, "ProviderUnavailable", ErrorKind.ConnectionError, "Status 500.", "Try again.", Name) { MachineMayExist = true };
    }

    public async Task<RentedMachine?> FindAsync(string id, CancellationToken cancel)
    {
        await ReadAsync(cancel);
        return cloud.Living.FirstOrDefault(machine => machine.Id == id && time.Now >= machine.ShowsAt) is { } found ? Show(found) : null;
    }

    public async Task<IReadOnlyList<RentedMachine>> ListAsync(CancellationToken cancel)
    {
        await ReadAsync(cancel);
        return [.. cloud.Living.Where(machine => time.Now >= machine.ShowsAt).Select(Show)];
    }

    public async Task<Termination> TerminateAsync(string id, CancellationToken cancel)
    {
        await ReadAsync(cancel);
        if (cloud.Living.FirstOrDefault(machine => machine.Id == id) is not { } found) return Termination.AlreadyGone;
        if (found.Refusals-- > 0) return Termination.NotYet(TimeSpan.FromSeconds(10), "it boots");
        if (found.Lies-- > 0) return Termination.Accepted;
        found.GoneAt ??= time.Now + found.EndsSlowly;
        life.Step();
        return Termination.Accepted;
    }

    public void Dispose()
    {
        // Nothing is held.
    }

    private bool Fails() => random.NextDouble() < faults;

    private async Task ReadAsync(CancellationToken cancel)
    {
        await TravelAsync(cancel);
        if (Fails()) throw random.Next(3) == 0 ? ProviderErrors.RateLimited(Info, TimeSpan.FromSeconds(7)) : ProviderErrors.Unavailable(Info, 502, null);
    }

    private async Task TravelAsync(CancellationToken cancel)
    {
        life.Step();
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 2000)), time, cancel).ConfigureAwait(false);
        life.Step();
    }

    private RentedMachine Show(ChaosMachine machine) => new()
    {
        Provider = Name,
        Id = machine.Id,
        Name = machine.Name,
        State = time.Now >= machine.BootsAt ? MachineState.Running : MachineState.Pending,
        Status = "running",
        PricePerHour = 0.90m,
        Ssh = time.Now >= machine.BootsAt ? new SshEndpoint("192.0.2.1", 22, "root") : null,
    };
}
