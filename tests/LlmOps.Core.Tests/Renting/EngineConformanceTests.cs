using LlmOps.Core.Tests.Providers;
using LlmOps.Providers;
using LlmOps.Renting;
using LlmOps.Testing.Clouds;

namespace LlmOps.Core.Tests.Renting;

/// <summary>What the engine does with every provider.</summary>
public sealed class EngineConformanceTests : EngineTests
{
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
}
