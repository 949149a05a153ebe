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
    private RigProvisioner? _provisioner;
    private FakeCloud? _cloud;
    private readonly List<GuardOrder?> _orders = [];
    private bool _reachable = true;
    private Action? _onReach;

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
    public async Task An_answer_lost_while_the_list_cannot_be_had_asks_for_no_other_and_leaves_a_rental_that_is_to_end(string name)
    {
        Use(name);
        var down = true;
        _cloud!.Fail(new CloudFault(IsCreate, null, Commits: true));
        _cloud.Fail(new CloudFault(request => down && request.Method == "GET" && _cloud.Requests.Any(IsCreate), CloudAnswer.Empty(401), Times: 100));
        var offers = await OffersAsync();
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => RentAsync(request => request with { Candidates = [offers[0], offers[1]] }));
        Assert.Equal("RentalOutcomeUnknown", failure.ErrorId);
        Assert.Single(_cloud.Requests, IsCreate);
        Assert.Equal(RentalState.Terminating, Assert.Single(_journal.Read()).State);

        down = false;
        var orphans = await CloudClients.ForwardAsync(_clock, OrphansAsync());
        Assert.Equal(OrphanReason.EndUnconfirmed, Assert.Single(orphans).Reason);
        var receipt = await EndAsync();
        Assert.True(receipt.Duration >= TimeSpan.FromHours(1), "It has billed since it was asked for.");
        AssertClean();
    }

    [Theory, InlineData("RunPod")]
    public async Task A_machine_that_the_journal_cannot_take_is_ended_at_once(string name)
    {
        Use(name);
        _cloud!.Fail(new CloudFault(
            request =>
            {
                if (!IsCreate(request)) return false;
                File.Delete(_home.Journal);
                Directory.CreateDirectory(_home.Journal);
                return false;
            },
            null));
        Assert.Equal("RentalJournalUnwritable", (await Assert.ThrowsAsync<LlmOpsException>(() => RentAsync())).ErrorId);
        Assert.Single(_cloud.Account.Machines);
        Assert.Empty(_cloud.Account.Alive);
        Directory.Delete(_home.Journal);
    }

    [Theory, InlineData("MassedCompute")]
    public async Task A_request_that_cannot_be_sent_leaves_its_name_free(string name)
    {
        Use(name);
        Assert.Equal("ProviderImageUnknown", (await Assert.ThrowsAsync<LlmOpsException>(() => RentAsync(request => request with { Image = "nonsense" }))).ErrorId);
        AssertClean();
        await RentAsync();
    }

    [Theory, InlineData("RunPod")]
    public async Task A_machine_that_nobody_waits_for_is_given_back_if_it_is_never_ready(string name)
    {
        Use(name);
        _reachable = false;
        await RentAsync(request => request with { NoWait = true });
        Assert.NotNull(_rigs.Find("rig"));
        await CloudClients.ForwardAsync(_clock, UnfinishedAsync());
        Assert.Null(_rigs.Find("rig"));
        AssertClean();
    }

    [Theory, InlineData("RunPod")]
    public async Task Limits_that_are_changed_before_it_is_ready_are_kept_and_a_place_with_wildcards_is_none(string name)
    {
        Use(name);
        _onReach = () =>
        {
            var rental = _journal.Read().Single();
            _journal.Append(rental.Id, RentalEvent.Changed, entry => entry with { Terms = rental.Terms with { Limits = rental.Terms.Limits with { MaxDuration = TimeSpan.FromHours(12) } } });
        };
        var rig = await RentAsync(request => request with { Region = "??-*" });
        Assert.Equal(TimeSpan.FromHours(12), rig.Rental!.Limits.MaxDuration);
        Assert.Equal(TimeSpan.FromHours(12), _journal.Read().Single().Terms.Limits.MaxDuration);
        Assert.NotEqual("??-*", rig.Rental.Region);
    }

    [Theory, InlineData("MassedCompute", false), InlineData("RunPod", true)]
    public async Task A_resumed_machine_gets_no_guard_that_was_not_wanted_and_no_key_in_place_of_the_guards_own(string name, bool hasKey)
    {
        Use(name);
        await RentAsync(request => request with { Guard = false });
        await ResumeAsync();
        Assert.All(_orders, order => Assert.Null(order));
        await EndAsync();

        using var key = SecureText.Hide("narrow-key")!;
        await RentAsync(request => request with { GuardKey = key });
        Assert.Same(key, _orders[^1]!.Key);
        await ResumeAsync();
        Assert.Equal(hasKey, _orders[^1] is not null);
        Assert.Equal(!hasKey, _warnings.Any(warning => warning.Contains("-GuardApiKey", StringComparison.Ordinal)));
        Assert.Equal(hasKey, _journal.Read()[^1].Terms.Guarded);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_machine_whose_end_nobody_saw_counts_no_longer_than_its_guard_let_it_run(string name)
    {
        foreach (var removed in new[] { false, true })
        {
            Use(name);
            await RentAsync();
            var terms = _journal.Read().Single().Terms;
            _cloud!.Account.EndLooks = 0;
            _cloud.Account.End(_cloud.Account.Alive.Single().Id, _clock.GetUtcNow());
            _clock.Advance(TimeSpan.FromDays(3));
            var receipt = removed ? await EndAsync() : (await CloudClients.ForwardAsync(_clock, Reconciler().RunAsync(_provider!, default))).Rentals.Single().Receipt!;
            Assert.Equal(terms.Limits.LongestAt(terms.PricePerHour), receipt.Duration);
            var cost = new CostReport(_clock).Of(_journal.Read(), new Dictionary<string, decimal>(), CostGrouping.Rig).Single();
            Assert.Equal((receipt.Duration, receipt.Cost), (cost.Duration, cost.Cost));
        }
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
        _provisioner = new RigProvisioner(this, _journal, _rigs, this, _home, _clock);
        return await CloudClients.ForwardAsync(_clock, _provisioner.RentAsync(change?.Invoke(request) ?? request, _ => { }, _warnings.Add, default));
    }

    private async Task<bool> UnfinishedAsync()
    {
        await _provisioner!.Unfinished;
        return true;
    }

    private async Task<RigReceipt> EndAsync()
    {
        _clock.Advance(TimeSpan.FromHours(1));
        var receipt = await CloudClients.ForwardAsync(_clock, new RigTermination(_journal, _home, _clock).EndAsync(_journal.Read().Single(rental => rental.IsOpen), _provider!, null, null, default));
        _rigs.Remove("rig");
        return receipt;
    }

    private RigReconciler Reconciler() => new(_journal, _rigs, _home, _clock);

    private Task<GpuRig> ResumeAsync() => CloudClients.ForwardAsync(_clock, _provisioner!.ResumeAsync(_journal.Read()[^1], _ => { }, _warnings.Add, default));

    private async Task<List<RigOrphan>> OrphansAsync()
    {
        var found = new List<RigOrphan>();
        await foreach (var orphan in new OrphanSearch(_journal, Reconciler(), MachineName.OwnerOf(_home), _clock).FindAsync(_provider!, false, default)) found.Add(orphan);
        return found;
    }

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
