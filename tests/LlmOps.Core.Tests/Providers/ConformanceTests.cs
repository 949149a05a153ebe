using LlmOps.Providers;
using LlmOps.Testing.Clouds;
using Microsoft.Extensions.Time.Testing;
using static LlmOps.Core.Tests.Providers.CloudClients;

namespace LlmOps.Core.Tests.Providers;

/// <summary>What every provider's client does, each against a fake of the vendor's API over HTTP.</summary>
public sealed class ConformanceTests
{
    public static TheoryData<string> Providers => new(ProviderCatalog.Names);

    [Theory, MemberData(nameof(Providers))]
    public async Task From_an_offer_to_a_machine_that_is_gone(string name)
    {
        await using var cloud = Make(name);
        cloud.Account.Ssh = ("127.0.0.7", 2022);
        using var provider = Open(cloud);
        var spec = await SpecAsync(provider);

        var made = await provider.CreateAsync(spec, default);
        var looks = new List<RentedMachine>();
        while (looks.Count < 10 && looks.LastOrDefault()?.Ssh is null) looks.Add((await provider.FindAsync(made.Id, default))!);

        Assert.Equal((spec.Name, name), (looks[^1].Name, looks[^1].Provider));
        Assert.Null(looks[0].Ssh);
        Assert.Equal(MachineState.Running, looks[^1].State);
        Assert.Equal("127.0.0.7", looks[^1].Ssh!.Host);
        Assert.Equal(spec.Offer.PricePerHour, looks[^1].PricePerHour);
        Assert.Equal(spec.Offer.GpuCount, looks[^1].GpuCount);
        Assert.Single(await provider.ListAsync(default), machine => machine.Id == made.Id && machine.Name == spec.Name);

        Assert.Equal(TerminationOutcome.Accepted, (await provider.TerminateAsync(made.Id, default)).Outcome);
        while (await provider.FindAsync(made.Id, default) is { } ending) Assert.True(ending.State is MachineState.Running or MachineState.Pending or MachineState.Terminating or MachineState.Gone, ending.Status);
        Assert.Empty(cloud.Account.Alive);
        Assert.Equal(TerminationOutcome.AlreadyGone, (await provider.TerminateAsync(made.Id, default)).Outcome);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_lost_answer_to_a_create_leaves_one_machine_that_is_found_by_its_name(string name)
    {
        foreach (var answer in new[] { null, CloudAnswer.Empty(500), CloudAnswer.Empty(502), CloudAnswer.Empty(504), new CloudAnswer(200, "{\"odd\":") })
        {
            await using var cloud = Make(name);
            using var provider = Open(cloud);
            var spec = await SpecAsync(provider);
            cloud.Fail(new CloudFault(IsCreate, answer, Commits: true));

            var failure = await Assert.ThrowsAsync<ProviderException>(() => provider.CreateAsync(spec, default));

            Assert.True(failure.MachineMayExist);
            Assert.Single(cloud.Requests, IsCreate);
            Assert.Single(await provider.ListAsync(default), machine => machine.Name == spec.Name);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Too_many_requests_are_waited_for_and_make_one_machine(string name)
    {
        foreach (var headers in new string[][] { [], ["Retry-After: 7"], ["RateLimit: \"minute\";r=0;t=12, \"hour\";r=2800;t=1812"] })
        {
            var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
            await using var cloud = Make(name);
            using var provider = Open(cloud, clock);
            var spec = await SpecAsync(provider);
            cloud.Fail(new CloudFault(IsCreate, new CloudAnswer(429, "slow down", "text/plain", headers), Times: 2));
            var began = clock.GetUtcNow();

            await ForwardAsync(clock, provider.CreateAsync(spec, default));

            Assert.Single(cloud.Account.Alive);
            Assert.True(clock.GetUtcNow() - began >= TimeSpan.FromSeconds(headers.Length == 0 ? 1 : 14), $"{clock.GetUtcNow() - began}");
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_create_that_is_refused_leaves_nothing_and_says_why(string name)
    {
        await using var cloud = Make(name);
        using var provider = Open(cloud);
        var spec = await SpecAsync(provider);

        cloud.Account.SoldOut.Add(spec.Offer.Product);
        Assert.Equal((ProviderFailure.NoCapacity, false), await RefusedAsync());
        cloud.Account.SoldOut.Clear();
        cloud.Account.PaymentDue = true;
        Assert.Equal((ProviderFailure.Billing, false), await RefusedAsync());
        (cloud.Account.PaymentDue, cloud.Account.QuotaReached) = (false, true);
        Assert.Equal((ProviderFailure.Quota, false), await RefusedAsync());
        Assert.Empty(cloud.Account.Alive);
        Assert.Equal(3, cloud.Requests.Count(IsCreate));

        async Task<(ProviderFailure, bool)> RefusedAsync()
        {
            var failure = await Assert.ThrowsAsync<ProviderException>(() => provider.CreateAsync(spec, default));
            return (failure.Failure, failure.MachineMayExist);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_wrong_request_is_told_from_lack_of_stock(string name)
    {
        await using var cloud = Make(name);
        using var provider = Open(cloud);
        var spec = await SpecAsync(provider);
        var odd = spec with { Offer = spec.Offer with { Product = "odd/odd" } };

        var failure = await Assert.ThrowsAsync<ProviderException>(() => provider.CreateAsync(odd, default));

        Assert.True(failure.Failure is ProviderFailure.InvalidRequest or ProviderFailure.NotFound, $"{failure.Failure}");
        Assert.False(failure.MachineMayExist);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_list_that_is_broken_is_a_failure_and_never_a_part(string name)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cloud = Make(name);
        using var provider = Open(cloud, clock);
        await ForwardAsync(clock, provider.CreateAsync(await SpecAsync(provider), default));
        foreach (var (answer, times, expected) in new (CloudAnswer?, int, ProviderFailure)[]
        {
            (CloudAnswer.Empty(500), 99, ProviderFailure.Transient), (null, 99, ProviderFailure.Transient), (new CloudAnswer(200, "{\"pods\": [{"), 1, ProviderFailure.Protocol), (new CloudAnswer(200, "{}"), 1, ProviderFailure.Protocol),
            (new CloudAnswer(200, ""), 1, ProviderFailure.Protocol), (new CloudAnswer(200, "<html>login</html>", "text/html"), 1, ProviderFailure.Protocol), (new CloudAnswer(302, "", "text/html", "Location: http://127.0.0.1:9/"), 1, ProviderFailure.Protocol),
        })
        {
            var fault = new CloudFault(IsList, answer, Times: times);
            cloud.Fail(fault);
            var failure = await Assert.ThrowsAsync<ProviderException>(() => ForwardAsync(clock, provider.ListAsync(default)));
            Assert.Equal(expected, failure.Failure);
            while (fault.Takes(new CloudRequest("GET", ListPath, new Dictionary<string, string>(), new Dictionary<string, string>(), ""))) { }
        }

        Assert.Single(await provider.ListAsync(default));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_read_that_fails_in_passing_is_tried_again(string name)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cloud = Make(name);
        using var provider = Open(cloud, clock);
        cloud.Fail(new CloudFault(IsList, CloudAnswer.Empty(503)));
        cloud.Fail(new CloudFault(IsList, null));

        Assert.Empty(await ForwardAsync(clock, provider.ListAsync(default)));
        Assert.Equal(3, cloud.Requests.Count(IsList));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_new_machine_may_be_missing_in_lists_for_a_while(string name)
    {
        await using var cloud = Make(name);
        cloud.Account.ListingLag = 2;
        using var provider = Open(cloud);
        var made = await provider.CreateAsync(await SpecAsync(provider), default);

        Assert.Empty(await provider.ListAsync(default));
        Assert.Empty(await provider.ListAsync(default));
        Assert.Equal(made.Id, Assert.Single(await provider.ListAsync(default)).Id);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task An_end_that_is_refused_for_now_is_told_from_one_that_is_accepted(string name)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cloud = Make(name);
        (cloud.Account.EndRefusals, cloud.Account.BootLooks) = (3, 9);
        using var provider = Open(cloud, clock);
        var made = await provider.CreateAsync(await SpecAsync(provider), default);
        var outcomes = new List<Termination>();
        cloud.Fail(new CloudFault(request => IsEnd(request), CloudAnswer.Empty(503), Times: 2));

        while (outcomes.Count < 9 && outcomes.LastOrDefault()?.Outcome != TerminationOutcome.Accepted) outcomes.Add(await ForwardAsync(clock, provider.TerminateAsync(made.Id, default)));

        Assert.Equal([TerminationOutcome.NotYet, TerminationOutcome.NotYet, TerminationOutcome.NotYet, TerminationOutcome.Accepted], outcomes.Select(outcome => outcome.Outcome));
        Assert.True(outcomes[0].RetryAfter > TimeSpan.Zero);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_word_that_nobody_knows_is_not_the_end(string name)
    {
        await using var cloud = Make(name);
        using var provider = Open(cloud);
        var made = await provider.CreateAsync(await SpecAsync(provider), default);
        cloud.Account.Machines[0].Word = "hibernating_v9";

        var machine = (await provider.FindAsync(made.Id, default))!;

        Assert.Equal((MachineState.Pending, "hibernating_v9", true), (machine.State, machine.Status, machine.IsBilled));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_machine_that_was_ended_outside_is_gone(string name)
    {
        await using var cloud = Make(name);
        cloud.Account.EndLooks = 0;
        using var provider = Open(cloud);
        var made = await provider.CreateAsync(await SpecAsync(provider), default);
        cloud.Account.End(made.Id, DateTimeOffset.UtcNow);

        Assert.Null(await provider.FindAsync(made.Id, default));
        Assert.Empty(await provider.ListAsync(default));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Two_creates_at_once_make_two_machines_with_ids_of_their_own(string name)
    {
        await using var cloud = Make(name);
        using var first = Open(cloud);
        using var second = Open(cloud);
        var made = await Task.WhenAll(first.CreateAsync(await SpecAsync(first, "llmops-0a1b2c3d-00000001"), default), second.CreateAsync(await SpecAsync(second, "llmops-0a1b2c3d-00000002"), default));

        var listed = (await first.ListAsync(default)).ToDictionary(machine => machine.Name, machine => machine.Id);
        Assert.Equal(made.Select(machine => machine.Id), [listed["llmops-0a1b2c3d-00000001"], listed["llmops-0a1b2c3d-00000002"]]);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task What_it_can_do_is_what_it_says(string name)
    {
        await using var cloud = Make(name);
        using var provider = Open(cloud);
        foreach (var (capability, type) in new[]
        {
            (ProviderCapabilities.StopStart, typeof(IStopStart)), (ProviderCapabilities.Volumes, typeof(IVolumeStore)), (ProviderCapabilities.ServerExpiry, typeof(IServerExpiry)),
            (ProviderCapabilities.AccountSshKeys, typeof(ISshKeyStore)), (ProviderCapabilities.Logs, typeof(IRigLogs)), (ProviderCapabilities.BillingHistory, typeof(IBillingHistory)),
        })
            Assert.Equal(provider.Info.Can(capability), type.IsInstanceOfType(provider));
        Assert.True(provider.Info.Can(ProviderCapabilities.ContainerImage) != provider.Info.Can(ProviderCapabilities.VirtualMachine));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_volume_is_made_listed_and_deleted_where_there_are_such(string name)
    {
        await using var cloud = Make(name);
        using var provider = Open(cloud);
        if (provider is not IVolumeStore volumes) return;
        var place = name switch { "RunPod" => "EU-RO-1", "Shadeform" => "canada-1", _ => "us-west-1" };

        var made = await volumes.CreateVolumeAsync(new VolumeSpec("models", place, 100, "hyperstack"), default);

        Assert.Equal((made.Id, "models", place), Assert.Single((await volumes.ListVolumesAsync(default)).Select(volume => (volume.Id, volume.Name, volume.Region))));
        Assert.Equal(TerminationOutcome.Accepted, (await volumes.DeleteVolumeAsync(made.Id, default)).Outcome);
        Assert.Equal(TerminationOutcome.AlreadyGone, (await volumes.DeleteVolumeAsync(made.Id, default)).Outcome);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_key_of_the_same_material_is_registered_once(string name)
    {
        await using var cloud = Make(name);
        using var provider = Open(cloud);
        if (provider is not ISshKeyStore keys) return;

        var first = await keys.EnsureKeyAsync("llmops-0a1b2c3d", PublicKey, default);
        var again = await keys.EnsureKeyAsync("other-name", PublicKey[..PublicKey.LastIndexOf(' ')] + " another comment", default);

        Assert.Equal(first.Name, again.Name);
        Assert.Single(cloud.Account.Keys);
        await keys.RemoveKeyAsync(again, default);
        await keys.RemoveKeyAsync(again, default);
        Assert.Empty(cloud.Account.Keys);
    }

    private const string ListPath = "/list";

    private static bool IsCreate(CloudRequest request) => request.Method == "POST" && (request.Path.EndsWith("/pods", StringComparison.Ordinal) || request.Path.EndsWith("/launch", StringComparison.Ordinal) || request.Path.EndsWith("instances/create", StringComparison.Ordinal));

    private static bool IsList(CloudRequest request) => request.Method == "GET" && (request.Path is ListPath || request.Path.Trim('/').Split('/')[^1] is "pods" or "instance" or "instances");

    private static bool IsEnd(CloudRequest request) => (request.Method == "DELETE" && request.Path.Contains("/pods/", StringComparison.Ordinal)) || request.Path.EndsWith("/terminate", StringComparison.Ordinal) || (request.Path.Contains("/instances/", StringComparison.Ordinal) && request.Path.EndsWith("/delete", StringComparison.Ordinal));
}
