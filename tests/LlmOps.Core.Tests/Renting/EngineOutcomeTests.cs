using LlmOps.Core.Tests.Providers;
using LlmOps.Providers;
using LlmOps.Renting;
using LlmOps.State;
using LlmOps.Testing.Clouds;

namespace LlmOps.Core.Tests.Renting;

/// <summary>What becomes of a machine that can't be written down, is never ready, or is made ready by another session; one provider stands for all.</summary>
public sealed class EngineOutcomeTests : EngineTests
{
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
}
