using LlmOps.Core.Tests.Providers;
using LlmOps.Providers;
using LlmOps.Renting;
using LlmOps.Rigs;
using LlmOps.State;
using LlmOps.Testing.Clouds;
using Microsoft.Extensions.Time.Testing;

namespace LlmOps.Core.Tests.Renting;

/// <summary>The engine of renting with a provider: the real client over HTTP against a fake of the vendor's API, on a clock that the test moves.</summary>
public abstract class EngineTests : IDisposable, IProviderSource, IRigAccess
{
    private protected readonly TemporaryFolder _folder = new();
    private protected readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private protected readonly LlmOpsHome _home;
    private protected readonly RigJournal _journal;
    private protected readonly RigStore _rigs;
    private protected readonly List<string> _warnings = [];
    private protected IGpuProvider? _provider;
    private protected RigProvisioner? _provisioner;
    private protected FakeCloud? _cloud;
    private protected readonly List<GuardOrder?> _orders = [];
    private protected bool _reachable = true;
    private protected Action? _onReach;

    protected EngineTests()
    {
        _home = new LlmOpsHome(_folder["home"]);
        _journal = new RigJournal(_home, _clock);
        _rigs = new RigStore(_home);
        File.WriteAllText(_folder["id"], "");
        File.WriteAllText(_folder["id.pub"], CloudClients.PublicKey + "\n");
    }

    public static TheoryData<string> Providers => [.. ProviderCatalog.Names];

    public IReadOnlyList<string> Configured => [_provider!.Info.Name];

    public void Dispose()
    {
        _provider?.Dispose();
        _cloud?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    public IGpuProvider Open(string provider) => _provider!;

    public System.Security.SecureString? KeyForMachine(GpuProviderInfo provider) => null;

    public Task<RigReach> TryReachAsync(GpuRig rig, IReadOnlyList<string> otherUsers, CancellationToken cancel)
    {
        _onReach?.Invoke();
        return Task.FromResult(_reachable ? new RigReach(rig, null) : new RigReach(null, "refused"));
    }

    public Task<GpuRig> PrepareAsync(GpuRig rig, GuardOrder? guard, CancellationToken cancel)
    {
        _orders.Add(guard);
        return Task.FromResult(rig);
    }

    Task IRigAccess.CloseAsync(GpuRig rig) => Task.CompletedTask;

    private protected static bool IsCreate(CloudRequest request) =>
        request.Method == "POST" && (request.Path.EndsWith("/pods", StringComparison.Ordinal) || request.Path.EndsWith("/launch", StringComparison.Ordinal) || request.Path.EndsWith("/create", StringComparison.Ordinal));

    private protected void Use(string name)
    {
        _provider?.Dispose();
        _cloud = CloudClients.Make(name, _clock);
        _cloud.Account.Ssh = ("127.0.0.7", 2022);
        _provider = CloudClients.Open(_cloud, _clock);
        if (File.Exists(_home.Journal)) File.Delete(_home.Journal);
        _rigs.Remove("rig");
    }

    private protected async Task<IReadOnlyList<GpuOffer>> OffersAsync() => [.. (await CloudClients.ForwardAsync(_clock, _provider!.FindOffersAsync(new OfferQuery(), default))).OrderBy(offer => offer.PricePerHour)];

    private protected async Task<GpuRig> RentAsync(Func<RentalRequest, RentalRequest>? change = null)
    {
        var request = new RentalRequest
        {
            RigName = "rig",
            Candidates = [.. (await OffersAsync()).Take(1)],
            IdentityFile = _folder["id"],
            Limits = new RentalLimits(TimeSpan.FromHours(8), TimeSpan.FromMinutes(30), 20),
        };
        _provisioner = new RigProvisioner(this, _journal, _rigs, this, _home, _clock);
        return await CloudClients.ForwardAsync(_clock, _provisioner.RentAsync(change?.Invoke(request) ?? request, _ => { }, _warnings.Add, default));
    }

    private protected async Task<bool> UnfinishedAsync()
    {
        await _provisioner!.Unfinished;
        return true;
    }

    private protected async Task<RigReceipt> EndAsync()
    {
        _clock.Advance(TimeSpan.FromHours(1));
        var receipt = await CloudClients.ForwardAsync(_clock, new RigTermination(_journal, _home, _clock).EndAsync(_journal.Read().Single(rental => rental.IsOpen), _provider!, null, null, default));
        _rigs.Remove("rig");
        return receipt;
    }

    private protected RigReconciler Reconciler() => new(_journal, _rigs, _home, _clock);

    private protected Task<GpuRig> ResumeAsync() => CloudClients.ForwardAsync(_clock, _provisioner!.ResumeAsync(_journal.Read()[^1], _ => { }, _warnings.Add, default));

    private protected async Task<List<RigOrphan>> OrphansAsync()
    {
        var found = new List<RigOrphan>();
        await foreach (var orphan in new OrphanSearch(_journal, Reconciler(), MachineName.OwnerOf(_home), _clock).FindAsync(_provider!, false, default)) found.Add(orphan);
        return found;
    }

    private protected async Task<int> SweepAsync()
    {
        var count = 0;
        await foreach (var orphan in new OrphanSearch(_journal, Reconciler(), MachineName.OwnerOf(_home), _clock).FindAsync(_provider!, false, default))
        {
            var machine = await _provider!.FindAsync(orphan.MachineId!, default);
            await new RigTermination(_journal, _home, _clock).EndAsync(machine!, _provider, null, default);
            count++;
        }

        return count;
    }

    private protected void AssertClean()
    {
        Assert.Empty(_cloud!.Account.Alive);
        Assert.All(_journal.Read(), rental => Assert.Equal(RentalState.Gone, rental.State));
        Assert.DoesNotContain(_cloud.Account.Keys, key => key.Name.StartsWith("llmops", StringComparison.Ordinal));
    }
}
