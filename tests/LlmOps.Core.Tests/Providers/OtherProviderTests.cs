using System.Text.Json;
using LlmOps.Providers;
using LlmOps.Testing.Clouds;
using Microsoft.Extensions.Time.Testing;
using static LlmOps.Core.Tests.Providers.CloudClients;

namespace LlmOps.Core.Tests.Providers;

/// <summary>Where Massed Compute, Shadeform and Lambda differ from others, and from their own descriptions.</summary>
public sealed class OtherProviderTests
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task Massed_a_single_machine_is_read_in_both_shapes(bool documented)
    {
        await using var cloud = new FakeMassed { DocumentedShape = documented, Username = "ubuntu" };
        cloud.Account.BootLooks = 0;
        using var provider = Open(cloud);
        var made = await provider.CreateAsync(await SpecAsync(provider), default);

        var machine = (await provider.FindAsync(made.Id, default))!;

        Assert.Equal(("ubuntu", "Ubuntu"), (machine.Ssh!.User, Assert.Single(machine.Ssh.OtherUsers)));
        Assert.Null(await provider.FindAsync("00000000-0000-4000-8000-00000000ffff", default)); // status 200 and an empty list
    }

    [Fact]
    public async Task Massed_a_password_in_the_answer_goes_nowhere()
    {
        await using var cloud = new FakeMassed();
        using var provider = Open(cloud);
        await provider.CreateAsync(await SpecAsync(provider), default);

        Assert.DoesNotContain("hunter2", JsonSerializer.Serialize(await provider.ListAsync(default)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Massed_products_for_nobody_are_left_out_and_spot_comes_when_asked_for()
    {
        await using var cloud = new FakeMassed();
        using var provider = Open(cloud);

        var all = await provider.FindOffersAsync(new OfferQuery { IncludeUnavailable = true }, default);
        Assert.Equal(["gpu_1x_a5000", "gpu_1x_l40", "gpu_2x_a6000", "gpu_8x_DGX_A100"], all.Select(offer => offer.Product).Order(StringComparer.Ordinal));
        Assert.Equal(("RTX A6000", 2, 96L << 30, 1.14m), all.Where(offer => offer.Product == "gpu_2x_a6000").Select(offer => (offer.Gpu, offer.GpuCount, offer.Memory!.Value, offer.PricePerHour)).Single());
        Assert.Equal("A100 80GB", all.Single(offer => offer.GpuCount == 8).Gpu);
        Assert.Equal("gpu_1x_l40_spot", (await provider.FindOffersAsync(new OfferQuery { Spot = true }, default)).Single().Product);
    }

    [Fact]
    public async Task Massed_a_key_that_can_not_be_registered_comes_by_the_first_command()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cloud = new FakeMassed { RefusesKeys = true };
        using var provider = Open(cloud, clock);
        await Assert.ThrowsAsync<ProviderException>(() => ForwardAsync(clock, ((ISshKeyStore)provider).EnsureKeyAsync("llmops-x", PublicKey, default)));
        var offer = (await provider.FindOffersAsync(new OfferQuery(), default))[0];

        await provider.CreateAsync(new RigSpec { Name = "llmops-a", Offer = offer, SshPublicKey = PublicKey, StartupScript = "echo hello" }, default);

        var script = cloud.Account.Alive.Single().StartupScript!;
        Assert.Contains(PublicKey.Split(' ')[1], script, StringComparison.Ordinal);
        Assert.EndsWith("echo hello\n", script, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Massed_says_before_renting_that_payment_is_not_set_up()
    {
        await using var cloud = new FakeMassed();
        cloud.Account.PaymentDue = true;
        using var provider = Open(cloud);

        var status = await provider.TestKeyAsync(default);

        Assert.False(status.CanRent);
        Assert.Contains("recharge", status.Remarks[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shadeform_ends_a_machine_by_itself_and_tells_when()
    {
        await using var cloud = new FakeShadeform();
        using var provider = Open(cloud);
        var ends = new DateTimeOffset(2026, 11, 26, 4, 0, 0, TimeSpan.Zero);
        var spec = await SpecAsync(provider) with { ExpiresAt = ends, MaxSpend = 20, Tags = new Dictionary<string, string> { ["llmops"] = "0a1b2c3d", ["rig"] = "4e5f6071" } };

        var made = await provider.CreateAsync(spec, default);
        var machine = (await provider.FindAsync(made.Id, default))!;
        Assert.Equal((ends, 20m, "4e5f6071"), (machine.ExpiresAt!.Value, machine.MaxSpend!.Value, machine.Tags["rig"]));

        await ((IServerExpiry)provider).SetExpiryAsync(made.Id, ends.AddHours(2), null, default);
        machine = (await provider.FindAsync(made.Id, default))!;
        Assert.Equal((ends.AddHours(2), (decimal?)null), (machine.ExpiresAt!.Value, machine.MaxSpend));
    }

    [Fact]
    public async Task Shadeform_a_machine_that_fails_later_and_one_that_is_ending_are_told()
    {
        await using var cloud = new FakeShadeform();
        cloud.Account.EndLooks = 3;
        using var provider = Open(cloud);
        var made = await provider.CreateAsync(await SpecAsync(provider), default);
        cloud.Account.Machines[0].IsDead = true;
        Assert.Equal(MachineState.Failed, (await provider.FindAsync(made.Id, default))!.State);

        await provider.TerminateAsync(made.Id, default);

        var ending = (await provider.FindAsync(made.Id, default))!;
        Assert.Equal((MachineState.Terminating, false), (ending.State, ending.IsBilled));
    }

    [Fact]
    public async Task Shadeform_names_clouds_GPUs_and_places()
    {
        await using var cloud = new FakeShadeform();
        using var provider = Open(cloud);

        var offers = await provider.FindOffersAsync(new OfferQuery { Gpus = ["A100 80GB"], Regions = ["norway-*"] }, default);

        var offer = Assert.Single(offers);
        Assert.Equal(("hyperstack/A100_80G", 1.35m, TimeSpan.FromMinutes(5)), (offer.Product, offer.PricePerHour, offer.BootTime));
        Assert.Equal(["norway-1"], offer.Regions);
    }

    [Fact]
    public async Task Lambda_launches_are_kept_twelve_seconds_apart()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cloud = new FakeLambda(clock) { PacesLaunches = true };
        using var provider = Open(cloud, clock);
        var spec = await SpecAsync(provider);
        var began = clock.GetUtcNow();

        await ForwardAsync(clock, Task.WhenAll(Enumerable.Range(0, 3).Select(number => provider.CreateAsync(spec with { Name = $"llmops-{number}" }, default))));

        Assert.Equal(3, cloud.Account.Alive.Count);
        Assert.Equal(3, cloud.Requests.Count(request => request.Path.EndsWith("/launch", StringComparison.Ordinal))); // none was refused
        Assert.True(clock.GetUtcNow() - began >= TimeSpan.FromSeconds(24));
    }

    [Fact]
    public async Task Lambda_a_file_system_elsewhere_is_refused_here_and_a_code_from_there_is_understood()
    {
        await using var cloud = new FakeLambda();
        using var provider = Open(cloud);
        var volume = await ((IVolumeStore)provider).CreateVolumeAsync(new VolumeSpec("models", "us-south-2", 0), default);
        var spec = await SpecAsync(provider) with { Volume = volume };

        Assert.Equal("VolumeElsewhere", (await Assert.ThrowsAsync<LlmOpsException>(() => provider.CreateAsync(spec with { Region = "us-west-1" }, default))).ErrorId);
        var elsewhere = spec with { Volume = volume with { Region = "us-west-1" } };
        var refused = await Assert.ThrowsAsync<ProviderException>(() => provider.CreateAsync(elsewhere, default));
        Assert.Equal((ProviderFailure.InvalidRequest, "instance-operations/launch/file-system-in-wrong-region"), (refused.Failure, refused.Code));
    }

    [Fact]
    public async Task Lambda_names_GPUs_by_their_form()
    {
        await using var cloud = new FakeLambda();
        using var provider = Open(cloud);

        var offers = await provider.FindOffersAsync(new OfferQuery { IncludeUnavailable = true }, default);

        Assert.Equal([("A10", 24L << 30), ("GH200", 96L << 30), ("H100", 80L << 30)], offers.Select(offer => (offer.Gpu, offer.MemoryPerGpu!.Value)).Order());
        Assert.Equal(GpuStock.None, offers.Single(offer => offer.Gpu == "GH200").Stock);
    }
}
