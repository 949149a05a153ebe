using System.Text.Json.Nodes;

namespace LlmOps.Hub.Tests;

public sealed class XetTests
{
    private static readonly TransferLimits OneConnection = HubFixture.Limits with { Connections = 1 };

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(null, false)]
    [InlineData(null, true)]
    public async Task Files_come_from_xet_storage_whatever_their_packing(int? scheme, bool isOld)
    {
        using var fixture = Sparse(new FakeXet { Scheme = scheme, IsOld = isOld });
        var model = await fixture.GetAsync(Wanted(fixture));
        fixture.AssertComplete(model.Path);
        Assert.Equal(0, fixture.Hub.CdnBytes);
        Assert.All(fixture.Hub.Log.Where(entry => entry.Target == "xorb"), entry => Assert.Null(entry.Authorization));
        Assert.Equal(1, fixture.Repo.Xet!.TokensGiven);
    }

    [Fact]
    public async Task A_token_of_the_hub_stays_with_the_hub()
    {
        var repo = new FakeRepo { Xet = new FakeXet(), Token = "hf_secret" };
        repo.AddSparse("model.bin", 500_000, 1);
        using var fixture = new HubFixture(repo);
        var model = await fixture.GetAsync(Wanted(fixture) with { Token = "hf_secret" });
        fixture.AssertComplete(model.Path);
        Assert.All(fixture.Hub.Log.Where(entry => entry.Target == "plan"), entry => Assert.Equal("Bearer xet_1", entry.Authorization));
        Assert.All(fixture.Hub.Log.Where(entry => entry.Target == "token"), entry => Assert.Equal("Bearer hf_secret", entry.Authorization));
    }

    [Fact]
    public async Task Repeated_and_compressed_content_is_moved_once_and_packed()
    {
        using var fixture = Sparse(new FakeXet { Scheme = 2 });
        var model = await fixture.GetAsync(Wanted(fixture));
        Assert.InRange(model.Downloaded, 1, model.Size / 2);
    }

    [Fact]
    public async Task A_token_that_ends_is_asked_for_again()
    {
        using var fixture = Sparse(new FakeXet { TokenLife = TimeSpan.FromSeconds(30) });
        var model = await fixture.Download(Wanted(fixture), OneConnection).RunAsync(null, default);
        fixture.AssertComplete(model.Path);
        Assert.Equal(0, fixture.Hub.CdnBytes);
        Assert.Equal(fixture.Hub.Count("plan"), fixture.Repo.Xet!.TokensGiven);
    }

    public static TheoryData<FakeFault> Passing => new(
        new FakeFault("plan", FakeFaultKind.Status, Status: 401),
        new FakeFault("plan", FakeFaultKind.Status, Status: 503, Times: 2),
        new FakeFault("plan", FakeFaultKind.NoAnswer),
        new FakeFault("xorb", FakeFaultKind.Status, Status: 403),
        new FakeFault("xorb", FakeFaultKind.Close, Times: 2),
        new FakeFault("xorb", FakeFaultKind.Reset),
        new FakeFault("xorb", FakeFaultKind.Stall),
        new FakeFault("token", FakeFaultKind.Status, Status: 500));

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task What_passes_is_tried_again_there(FakeFault fault)
    {
        using var fixture = Sparse(new FakeXet(), fault);
        var remarks = await RemarksAsync(fixture, OneConnection);
        Assert.Equal(0, fixture.Hub.CdnBytes);
        Assert.Empty(remarks);
    }

    public static TheoryData<FakeFault> Staying => new(
        new FakeFault("plan", FakeFaultKind.Status, Status: 401, Times: int.MaxValue),
        new FakeFault("plan", FakeFaultKind.Status, Status: 500, Times: int.MaxValue),
        new FakeFault("plan", FakeFaultKind.Status, Status: 429, Times: int.MaxValue, Header: "Retry-After: 500"),
        new FakeFault("plan", FakeFaultKind.Status, Status: 416, Times: int.MaxValue),
        new FakeFault("plan", FakeFaultKind.Html, Times: int.MaxValue),
        new FakeFault("plan", FakeFaultKind.Truncate, Times: int.MaxValue, Bytes: 100),
        new FakeFault("xorb", FakeFaultKind.Status, Status: 403, Times: int.MaxValue),
        new FakeFault("xorb", FakeFaultKind.NoAnswer, Times: int.MaxValue),
        new FakeFault("xorb", FakeFaultKind.NoRange, Times: int.MaxValue),
        new FakeFault("xorb", FakeFaultKind.Truncate, Times: int.MaxValue, Bytes: 1000),
        new FakeFault("xorb", FakeFaultKind.Garbage, Times: int.MaxValue),
        new FakeFault("xorb", FakeFaultKind.Stall, Times: int.MaxValue),
        new FakeFault("token", FakeFaultKind.Status, Status: 404, Times: int.MaxValue),
        new FakeFault("token", FakeFaultKind.Html, Times: int.MaxValue));

    [Theory]
    [MemberData(nameof(Staying))]
    public async Task What_stays_sends_the_file_over_http(FakeFault fault)
    {
        using var fixture = Sparse(new FakeXet(), fault);
        var remark = Assert.Single(await RemarksAsync(fixture, HubFixture.Limits));
        Assert.StartsWith("'model.bin' comes over HTTP: Xet storage failed (", remark, StringComparison.Ordinal);
        Assert.NotEqual(0, fixture.Hub.CdnBytes);
    }

    [Fact]
    public async Task Wrong_content_sends_the_file_over_http()
    {
        using var fixture = Sparse(new FakeXet { Scheme = 0 }, new FakeFault("xorb", FakeFaultKind.Corrupt, Times: int.MaxValue));
        Assert.Contains("what it sent is not the file", Assert.Single(await RemarksAsync(fixture, HubFixture.Limits)), StringComparison.Ordinal);
    }

    public static TheoryData<string> Lies => [
        "no terms", "a short term", "a long term", "no address", "too many chunks", "an offset behind the term", "too little"];

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_plan_that_lies_sends_the_file_over_http(string lie)
    {
        var xet = new FakeXet { Twist = plan => Tell(lie, plan) };
        using var fixture = Sparse(xet);
        Assert.Single(await RemarksAsync(fixture, HubFixture.Limits));
    }

    [Fact]
    public async Task A_cancelled_download_goes_on_either_way()
    {
        using var fixture = Sparse(new FakeXet());
        fixture.Hub.Rate = 400_000;
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Download(Wanted(fixture)).RunAsync(progress =>
        {
            if (progress.BytesDone > 300_000) stop.Cancel();
        }, stop.Token));
        fixture.Hub.Rate = 0;
        var plan = await fixture.Download().PlanAsync(default);
        Assert.InRange(plan.MissingSize, 1, plan.Size - 300_000);
        var model = await fixture.GetAsync(fixture.Request with { Transport = HfTransport.Http });
        fixture.AssertComplete(model.Path);
        Assert.InRange(model.Downloaded, plan.MissingSize, plan.Size - 1);
    }

    [Theory]
    [InlineData(true, null, "none of the selected files is stored there")]
    [InlineData(false, "1", "HF_HUB_DISABLE_XET is set")]
    public async Task Xet_alone_is_refused_where_it_cannot_be(bool isAbsent, string? disabled, string reason)
    {
        using var fixture = Sparse(isAbsent ? null : new FakeXet());
        if (disabled is not null) fixture.Set("HF_HUB_DISABLE_XET", disabled);
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync(Wanted(fixture)));
        Assert.Equal("XetUnavailable", failure.ErrorId);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HfTransport.Http, null)]
    [InlineData(HfTransport.Auto, "yes")]
    public async Task Xet_storage_is_left_alone_where_it_is_not_wanted(HfTransport transport, string? disabled)
    {
        using var fixture = Sparse(new FakeXet());
        if (disabled is not null) fixture.Set("HF_HUB_DISABLE_XET", disabled);
        var model = await fixture.GetAsync(fixture.Request with { Transport = transport });
        fixture.AssertComplete(model.Path);
        Assert.Equal(0, fixture.Hub.Count("token") + fixture.Hub.Count("plan"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Auto_keeps_the_way_that_brings_more_of_the_file_per_second(bool compresses)
    {
        var repo = new FakeRepo { Xet = new FakeXet { Scheme = compresses ? 2 : 0, ChunkSize = 16_000 } };
        if (compresses) repo.AddSparse("model.bin", 1_500_000, 1);
        else repo.AddLarge("model.bin", 1_500_000, 1);
        using var fixture = new HubFixture(repo);
        fixture.Hub.Rate = 250_000;
        var model = await fixture.Download(limits: OneConnection).RunAsync(null, default);
        fixture.AssertComplete(model.Path);
        var byHttp = fixture.Hub.CdnBytes;
        if (compresses) Assert.InRange(byHttp, 2 * 64 * 1024, 10 * 64 * 1024);
        else Assert.InRange(byHttp, 1_500_000 - 10 * 64 * 1024, 1_500_000 - 2 * 64 * 1024);
    }

    private static HubFixture Sparse(FakeXet? xet, params FakeFault[] faults)
    {
        var repo = new FakeRepo { Xet = xet };
        repo.AddPlain("config.json", "{}");
        repo.AddSparse("model.bin", 900_001, 1);
        return new HubFixture(repo, faults);
    }

    private static ModelRequest Wanted(HubFixture fixture) => fixture.Request with { Transport = HfTransport.Xet };

    private static async Task<IReadOnlyList<string>> RemarksAsync(HubFixture fixture, TransferLimits limits)
    {
        var last = new DownloadProgress();
        var model = await fixture.Download(Wanted(fixture), limits).RunAsync(progress => last = progress, default);
        fixture.AssertComplete(model.Path);
        return last.Remarks;
    }

    private static void Tell(string lie, JsonObject plan)
    {
        var terms = plan["terms"]!.AsArray();
        var term = terms[0]!;
        var length = term["unpacked_length"]!.GetValue<long>();
        switch (lie)
        {
            case "no terms": plan["terms"] = new JsonArray(); break;
            case "a short term": term["unpacked_length"] = length - 1; break;
            case "a long term": term["unpacked_length"] = length + 1; break;
            case "no address": plan["xorbs"] = new JsonObject(); break;
            case "too many chunks": term["range"]!["end"] = int.MaxValue; break;
            case "an offset behind the term": plan["offset_into_first_range"] = length; break;
            case "too little": plan["offset_into_first_range"] = plan["offset_into_first_range"]!.GetValue<long>() + 1; break;
        }
    }
}
