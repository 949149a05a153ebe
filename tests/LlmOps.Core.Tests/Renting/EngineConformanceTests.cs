using LlmOps.Core.Tests.Providers;
using LlmOps.Providers;
using LlmOps.Renting;
using LlmOps.Rigs;
using LlmOps.State;
using LlmOps.Testing.Clouds;
using Microsoft.Extensions.Time.Testing;

namespace LlmOps.Core.Tests.Renting;

/// <summary>What the engine does with every provider: the real client over HTTP against a fake of the vendor's API, on a clock that the test moves.</summary>
public sealed class EngineConformanceTests : IDisposable, IProviderSource, IRigAccess
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly LlmOpsHome _home;
    private readonly RigJournal _journal;
    private readonly RigStore _rigs;
    private readonly List<string> _warnings = [];
    private IGpuProvider? _provider;
    private FakeCloud? _cloud;
    private bool _reachable = true;

    public EngineConformanceTests()
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

    [Theory, MemberData(nameof(Providers))]
    public async Task A_rig_is_rented_and_given_back_with_a_receipt(string name)
    {
        Use(name);
        var rig = await RentAsync();
        Assert.Equal(RentalState.Ready, Assert.Single(_journal.Read()).State);
        Assert.Equal(rig.Rental!.MachineId, Assert.Single(_cloud!.Account.Alive).Id);
        Assert.Equal(_provider!.Info.Can(ProviderCapabilities.ServerExpiry), rig.Rental.ProviderExpiry is not null);
        Assert.True(rig.Rental.Guarded);

        var receipt = await EndAsync();
        Assert.Equal(("rig", name), (receipt.Name, receipt.Provider));
        Assert.True(receipt.Cost > 0);
        AssertClean();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_lost_answer_is_made_good_by_the_name_and_makes_one_machine(string name)
    {
        foreach (var answer in new[] { null, CloudAnswer.Empty(500), CloudAnswer.Empty(504) })
        {
            Use(name);
            _cloud!.Account.ListingLag = 2;
            _cloud.Fail(new CloudFault(IsCreate, answer, Commits: true));
            await RentAsync();
            Assert.Single(_cloud.Account.Machines);
            Assert.Single(_cloud.Requests, IsCreate);
            await EndAsync();
            AssertClean();
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task An_answer_lost_for_a_machine_that_was_never_made_asks_for_no_other(string name)
    {
        Use(name);
        _cloud!.Fail(new CloudFault(IsCreate, CloudAnswer.Empty(502)));
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => RentAsync());
        Assert.Equal("RentalOutcomeUnknown", failure.ErrorId);
        Assert.Single(_cloud.Requests, IsCreate);
        AssertClean();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_machine_that_is_never_ready_is_given_back_or_kept(string name)
    {
        Use(name);
        _reachable = false;
        Assert.Equal("RentedMachineNotReady", (await Assert.ThrowsAsync<LlmOpsException>(() => RentAsync())).ErrorId);
        AssertClean();

        var kept = await RentAsync(request => request with { KeepOnFailure = true });
        Assert.Single(_cloud!.Account.Alive);
        Assert.Contains(_warnings, warning => warning.Contains("kept and billed", StringComparison.Ordinal));
        Assert.Equal(kept.Name, _rigs.Find("rig")!.Name);
        await EndAsync();
        AssertClean();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task An_end_that_is_refused_is_asked_for_until_it_is_true(string name)
    {
        Use(name);
        await RentAsync();
        _cloud!.Account.EndRefusals = 3;
        _cloud.Account.EndLooks = 3;
        _cloud.Fail(new CloudFault(request => request.Method == "GET", CloudAnswer.Empty(500), Times: 2));
        await EndAsync();
        AssertClean();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_list_that_cannot_be_had_changes_nothing(string name)
    {
        Use(name);
        await RentAsync();
        _cloud!.Fail(new CloudFault(request => request.Method == "GET", CloudAnswer.Empty(500), Times: 100));
        await Assert.ThrowsAsync<ProviderException>(() => CloudClients.ForwardAsync(_clock, Reconciler().RunAsync(_provider!, default)));
        Assert.Equal(RentalState.Ready, _journal.Read().Single().State);
        Assert.Single(_cloud.Account.Alive);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_machine_that_is_ended_elsewhere_is_closed_with_a_receipt(string name)
    {
        Use(name);
        await RentAsync();
        var machine = _cloud!.Account.Alive.Single();
        _cloud.Account.EndLooks = 0;
        _cloud.Account.End(machine.Id, _clock.GetUtcNow());
        var found = await CloudClients.ForwardAsync(_clock, Reconciler().RunAsync(_provider!, default));
        Assert.NotNull(Assert.Single(found.Rentals).Receipt);
        Assert.Null(_rigs.Find("rig"));
        AssertClean();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_sweep_ends_what_is_ours_and_touches_nobody_elses(string name)
    {
        Use(name);
        await RentAsync();
        File.Delete(_home.Journal);
        var foreign = new MachineName("ffffffff", "00000001").ToString();
        foreach (var other in new[] { foreign, "somebody-elses" })
        {
            var spec = await CloudClients.SpecAsync(_provider!, other);
            await CloudClients.ForwardAsync(_clock, _provider!.CreateAsync(spec, default)); // some providers want launches apart
        }

        await CloudClients.ForwardAsync(_clock, SweepAsync());
        Assert.Equal(new[] { foreign, "somebody-elses" }.Order(), _cloud!.Account.Alive.Select(machine => machine.Name).Order());
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Of_candidates_that_are_taken_the_next_is_rented(string name)
    {
        Use(name);
        var offers = await OffersAsync();
        _cloud!.Account.SoldOut.Add(offers[0].Product);
        var next = offers.First(offer => offer.Product != offers[0].Product);
        var rig = await RentAsync(request => request with { Candidates = [offers[0], next] });
        Assert.Equal(next.Gpu, rig.Gpu);
        await EndAsync();

        _cloud.Account.SoldOut.Add(next.Product);
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => RentAsync(request => request with { Candidates = [offers[0], next] }));
        Assert.Equal(("NoCandidateRented", ErrorKind.ResourceUnavailable), (failure.ErrorId, failure.Kind));
        AssertClean();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Neither_the_journal_nor_an_error_holds_the_key(string name)
    {
        Use(name);
        await RentAsync();
        await EndAsync();
        _cloud!.Fail(new CloudFault(IsCreate, CloudAnswer.Empty(500)));
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => RentAsync());
        var texts = Directory.EnumerateFiles(_home.Folder, "*", SearchOption.AllDirectories).Select(File.ReadAllText).Append(failure.ToString()).Append(_provider!.ToString());
        Assert.DoesNotContain(texts, text => text!.Contains(_cloud.Key, StringComparison.Ordinal));
    }

    public IGpuProvider Open(string provider) => _provider!;

    public System.Security.SecureString? KeyForMachine(GpuProviderInfo provider) => null;

    public Task<RigReach> TryReachAsync(GpuRig rig, IReadOnlyList<string> otherUsers, CancellationToken cancel) => Task.FromResult(_reachable ? new RigReach(rig, null) : new RigReach(null, "refused"));

    public Task<GpuRig> PrepareAsync(GpuRig rig, GuardOrder? guard, CancellationToken cancel) => Task.FromResult(rig);

    Task IRigAccess.CloseAsync(GpuRig rig) => Task.CompletedTask;

    private static bool IsCreate(CloudRequest request) =>
        request.Method == "POST" && (request.Path.EndsWith("/pods", StringComparison.Ordinal) || request.Path.EndsWith("/launch", StringComparison.Ordinal) || request.Path.EndsWith("/create", StringComparison.Ordinal));

    private void Use(string name)
    {
        _provider?.Dispose();
        _cloud = CloudClients.Make(name, _clock);
        _cloud.Account.Ssh = ("127.0.0.7", 2022);
        _provider = CloudClients.Open(_cloud, _clock);
        if (File.Exists(_home.Journal)) File.Delete(_home.Journal);
        _rigs.Remove("rig");
    }

    private async Task<IReadOnlyList<GpuOffer>> OffersAsync() => [.. (await CloudClients.ForwardAsync(_clock, _provider!.FindOffersAsync(new OfferQuery(), default))).OrderBy(offer => offer.PricePerHour)];

    private async Task<GpuRig> RentAsync(Func<RentalRequest, RentalRequest>? change = null)
    {
        var request = new RentalRequest
        {
            RigName = "rig", Candidates = [.. (await OffersAsync()).Take(1)], IdentityFile = _folder["id"], Limits = new RentalLimits(TimeSpan.FromHours(8), TimeSpan.FromMinutes(30), 20),
        };
        var provisioner = new RigProvisioner(this, _journal, _rigs, this, _home, _clock);
        return await CloudClients.ForwardAsync(_clock, provisioner.RentAsync(change?.Invoke(request) ?? request, _ => { }, _warnings.Add, default));
    }

    private async Task<RigReceipt> EndAsync()
    {
        _clock.Advance(TimeSpan.FromHours(1));
        var receipt = await CloudClients.ForwardAsync(_clock, new RigTermination(_journal, _home, _clock).EndAsync(_journal.Read().Single(rental => rental.IsOpen), _provider!, null, null, default));
        _rigs.Remove("rig");
        return receipt;
    }

    private RigReconciler Reconciler() => new(_journal, _rigs, _home, _clock);

    private async Task<int> SweepAsync()
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

    private void AssertClean()
    {
        Assert.Empty(_cloud!.Account.Alive);
        Assert.All(_journal.Read(), rental => Assert.Equal(RentalState.Gone, rental.State));
        Assert.DoesNotContain(_cloud.Account.Keys, key => key.Name.StartsWith("llmops", StringComparison.Ordinal));
    }
}
