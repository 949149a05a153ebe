using LlmOps.Providers;
using LlmOps.Testing.Clouds;
using Microsoft.Extensions.Time.Testing;
using static LlmOps.Core.Tests.Providers.CloudClients;

namespace LlmOps.Core.Tests.Providers;

/// <summary>Where RunPod's API differs from others, and from its own description.</summary>
public sealed class RunPodTests
{
    [Fact]
    public async Task The_address_inside_the_network_is_not_taken_for_the_SSH_server()
    {
        await using var cloud = new FakeRunPod { HidesDirect = true };
        cloud.Account.BootLooks = 0;
        cloud.Account.Ssh = ("213.173.104.74", 35558);
        using var provider = Open(cloud);
        var made = await provider.CreateAsync(await SpecAsync(provider), default);

        Assert.Equal(new SshEndpoint("213.173.104.74", 35558, "root").ToString(), (await provider.FindAsync(made.Id, default))!.Ssh!.ToString());
    }

    [Fact]
    public async Task The_number_of_GPUs_goes_along_and_the_key_is_in_the_request()
    {
        await using var cloud = new FakeRunPod();
        using var provider = Open(cloud);
        var offer = (await provider.FindOffersAsync(new OfferQuery { Gpus = ["A40"], GpuCount = 2, Secure = true }, default)).Single();

        await provider.CreateAsync(new RigSpec { Name = "llmops-a", Offer = offer, SshPublicKey = PublicKey }, default);

        var pod = Assert.Single(cloud.Account.Alive);
        Assert.Equal((2, 0.88m, PublicKey), (pod.Gpus, pod.PricePerHour, pod.PublicKey));
    }

    [Fact]
    public async Task A_volume_decides_the_place_which_is_written_in_capitals()
    {
        await using var cloud = new FakeRunPod();
        using var provider = Open(cloud);
        var volume = await ((IVolumeStore)provider).CreateVolumeAsync(new VolumeSpec("models", "eu-ro-1", 50), default);
        var spec = await SpecAsync(provider) with { Volume = volume with { Region = "eu-ro-1" } };

        await provider.CreateAsync(spec, default);
        Assert.Equal("EU-RO-1", Assert.Single(cloud.Account.Alive).Region);

        var before = cloud.Requests.Count;
        var refused = await Assert.ThrowsAsync<LlmOpsException>(() => provider.CreateAsync(spec with { Region = "US-KS-2" }, default));
        Assert.Equal("VolumeElsewhere", refused.ErrorId);
        Assert.Equal(before, cloud.Requests.Count);
    }

    [Fact]
    public async Task A_container_that_has_ended_is_a_failure_although_the_pod_runs()
    {
        await using var cloud = new FakeRunPod();
        using var provider = Open(cloud);
        var made = await provider.CreateAsync(await SpecAsync(provider), default);
        Assert.Equal(MachineState.Running, (await provider.FindAsync(made.Id, default))!.State); // its image is being fetched
        Assert.NotNull((await provider.FindAsync(made.Id, default))!.Ssh);

        cloud.Account.Machines[0].IsDead = true;

        var dead = (await provider.FindAsync(made.Id, default))!;
        Assert.Equal((MachineState.Failed, "RUNNING", (SshEndpoint?)null), (dead.State, dead.Status, dead.Ssh));
    }

    [Fact]
    public async Task A_stopped_pod_is_not_billed_whatever_price_it_names_and_comes_back_at_another_port()
    {
        await using var cloud = new FakeRunPod();
        (cloud.Account.BootLooks, cloud.Account.Ssh) = (0, ("10.0.0.1", 1000));
        using var provider = Open(cloud);
        var made = await provider.CreateAsync(await SpecAsync(provider), default);
        Assert.Equal(1000, (await provider.FindAsync(made.Id, default))!.Ssh!.Port);

        await ((IStopStart)provider).StopAsync(made.Id, default);
        var stopped = (await provider.FindAsync(made.Id, default))!;
        Assert.Equal((MachineState.Stopped, false, true), (stopped.State, stopped.IsBilled, stopped.PricePerHour > 0));
        var again = await Assert.ThrowsAsync<ProviderException>(() => ((IStopStart)provider).StopAsync(made.Id, default));
        Assert.Equal(ProviderFailure.Conflict, again.Failure);

        cloud.Account.Ssh = ("10.0.0.1", 2000);
        await ((IStopStart)provider).StartAsync(made.Id, default);
        Assert.Equal(2000, (await provider.FindAsync(made.Id, default))!.Ssh!.Port);
    }

    [Fact]
    public async Task A_list_is_read_to_its_last_page_and_one_without_end_is_refused()
    {
        await using var cloud = new FakeRunPod { PageSize = 2 };
        using var provider = Open(cloud);
        var spec = await SpecAsync(provider);
        for (var number = 0; number < 5; number++) await provider.CreateAsync(spec with { Name = $"llmops-{number}" }, default);

        Assert.Equal(["llmops-0", "llmops-1", "llmops-2", "llmops-3", "llmops-4"], (await provider.ListAsync(default)).Select(machine => machine.Name));

        cloud.Fail(new CloudFault(request => request.Path.EndsWith("/pods", StringComparison.Ordinal), new CloudAnswer(200, """{"pods":[],"pagination":{"hasNextPage":true,"nextCursor":"x"}}"""), Times: 9));
        Assert.Equal(ProviderFailure.Protocol, (await Assert.ThrowsAsync<ProviderException>(() => provider.ListAsync(default))).Failure);
    }

    [Fact]
    public async Task The_texts_for_no_stock_and_for_a_broken_rule_come_with_one_status_and_are_told_apart()
    {
        await using var cloud = new FakeRunPod();
        using var provider = Open(cloud);
        var spec = await SpecAsync(provider);

        cloud.Fail(CloudFault.At("POST", "/pods", new CloudAnswer(400, """{"title":"Bad Request","status":400,"detail":"network volume is in another data center"}""", "application/problem+json")));
        Assert.Equal(ProviderFailure.InvalidRequest, (await Assert.ThrowsAsync<ProviderException>(() => provider.CreateAsync(spec, default))).Failure);
        cloud.Account.SoldOut.Add(spec.Offer.Product);
        Assert.Equal(ProviderFailure.NoCapacity, (await Assert.ThrowsAsync<ProviderException>(() => provider.CreateAsync(spec, default))).Failure);
    }

    [Fact]
    public async Task A_pool_that_is_closed_to_us_and_an_API_that_is_closed_to_all_are_named()
    {
        await using var cloud = new FakeRunPod();
        using var provider = Open(cloud);
        var spec = await SpecAsync(provider);
        cloud.Fail(CloudFault.At("POST", "/pods", new CloudAnswer(403, """{"title":"Forbidden","status":403,"detail":"no access to this pool"}""", "application/problem+json")));
        Assert.Equal(ProviderFailure.Forbidden, (await Assert.ThrowsAsync<ProviderException>(() => provider.CreateAsync(spec, default))).Failure);

        cloud.IsRetired = true;
        var retired = await Assert.ThrowsAsync<ProviderException>(() => provider.ListAsync(default));
        Assert.Equal("ProviderApiRetired", retired.ErrorId);
    }

    [Fact]
    public async Task A_firewall_is_not_taken_for_a_bad_key()
    {
        await using var cloud = new FakeRunPod();
        using var provider = Open(cloud);
        cloud.Fail(CloudFault.At("GET", "/pods", new CloudAnswer(403, "<html><head><title>Access denied | Error 1010</title></head></html>", "text/html")));

        var failure = await Assert.ThrowsAsync<ProviderException>(() => provider.ListAsync(default));

        Assert.Equal(ProviderFailure.Protocol, failure.Failure);
        Assert.Contains("1010", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_request_says_who_sends_it()
    {
        await using var cloud = new FakeRunPod();
        using var provider = Open(cloud);
        await provider.CreateAsync(await SpecAsync(provider), default);
        await provider.TestKeyAsync(default);

        Assert.All(cloud.Requests, request => Assert.StartsWith("LlmOps/", request.Header("User-Agent"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_goes_on_where_its_connection_broke()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cloud = new FakeRunPod { LogBreaksAfter = 3 };
        cloud.Log.AddRange(Enumerable.Range(1, 6).Select(number => ($"2026-06-01T12:02:0{number}Z/{number:000}", $"line {number}")));
        using var provider = Open(cloud, clock);
        var made = await provider.CreateAsync(await SpecAsync(provider), default);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        var lines = await ForwardAsync(clock, ((IRigLogs)provider).ReadLogsAsync(made.Id, 100, true, stop.Token).Take(6).Select(line => line.Text).ToListAsync(stop.Token).AsTask());

        Assert.Equal(Enumerable.Range(1, 6).Select(number => $"line {number}"), lines);
    }

    [Fact]
    public async Task What_pods_have_cost_is_read()
    {
        await using var cloud = new FakeRunPod();
        using var provider = Open(cloud);
        var made = await provider.CreateAsync(await SpecAsync(provider), default);

        Assert.Equal(made.Id, Assert.Single(await ((IBillingHistory)provider).ReadBillingAsync(DateTimeOffset.UtcNow.AddDays(-1), default)).MachineId);
    }
}
