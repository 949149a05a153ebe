namespace LlmOps.Hub.Tests;

public sealed class DownloadFaultTests
{
    public static TheoryData<FakeFault[]> Passing => new(
        [new("cdn", FakeFaultKind.Reset)],
        [new("cdn", FakeFaultKind.Close)],
        [new("cdn", FakeFaultKind.Reset, Times: 40, Bytes: 30_000)],
        [new("cdn", FakeFaultKind.Close, Times: 40, Bytes: 30_000)],
        [new("cdn", FakeFaultKind.NoAnswer, Times: 3)],
        [new("cdn", FakeFaultKind.Truncate)],
        [new("cdn", FakeFaultKind.Corrupt)],
        [new("cdn", FakeFaultKind.Garbage)],
        [new("cdn", FakeFaultKind.Status)],
        [new("cdn", FakeFaultKind.Status, Status: 429, Header: "Retry-After: 0")],
        [new("cdn", FakeFaultKind.Status, Status: 403, Times: 3)],
        [new("cdn", FakeFaultKind.Stall)],
        [new("cdn", FakeFaultKind.Html)],
        [new("cdn", FakeFaultKind.NoRange, Times: 1000)],
        [new("cdn", FakeFaultKind.Close), new("cdn", FakeFaultKind.NoRange, Times: 1000)],
        [new("resolve", FakeFaultKind.Expired)],
        [new("resolve", FakeFaultKind.Status)],
        [new("resolve", FakeFaultKind.Status, Status: 429, Header: "RateLimit: \"resolvers\";r=0;t=0")],
        [new("resolve", FakeFaultKind.NoAnswer)],
        [new("resolve", FakeFaultKind.NoHeader)],
        [new("resolve", FakeFaultKind.Html)],
        [new("cache", FakeFaultKind.Close, Bytes: 3)],
        [new("cache", FakeFaultKind.Corrupt)],
        [new("info", FakeFaultKind.Status)],
        [new("info", FakeFaultKind.Html)],
        [new("tree", FakeFaultKind.Status)],
        [new("tree", FakeFaultKind.Close, Bytes: 20)],
        [new("tree", FakeFaultKind.Truncate, Bytes: 20)]);

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task A_fault_that_passes_leaves_the_right_files(FakeFault[] faults)
    {
        using var fixture = new HubFixture(FakeRepo.Typical(), faults);
        var model = await fixture.GetAsync();
        fixture.AssertComplete(model.Path);
        Assert.All(fixture.Hub.Log.Where(entry => entry.Target == "cdn"), entry => Assert.Null(entry.Authorization));
    }

    [Theory]
    [InlineData("cdn", FakeFaultKind.Garbage, "HubFileCorrupt")]
    [InlineData("cdn", FakeFaultKind.Status, "HubUnavailable")]
    [InlineData("cdn", FakeFaultKind.NoAnswer, "HubUnreachable")]
    [InlineData("cdn", FakeFaultKind.Html, "NotAHub")]
    [InlineData("resolve", FakeFaultKind.NoHeader, "NotAHub")]
    public async Task A_fault_that_stays_is_named_and_nothing_wrong_is_kept(string target, FakeFaultKind kind, string errorId)
    {
        using var fixture = new HubFixture(FakeRepo.Typical(), new FakeFault(target, kind, Times: int.MaxValue));
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync());
        Assert.Equal(errorId, failure.ErrorId);
        Assert.DoesNotContain(fixture.Repo.Files["model-00001-of-00002.safetensors"].ETag, Directory.EnumerateFiles(Path.Join(fixture.RepoFolder, "blobs")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task After_a_cut_only_what_is_missing_is_asked_for()
    {
        using var fixture = new HubFixture(FakeRepo.Typical(), new FakeFault("cdn", FakeFaultKind.Close, Times: 10, Bytes: 16 * 1024));
        await fixture.GetAsync();
        Assert.Equal(fixture.Repo.Files.Values.Where(file => file.IsLarge).Sum(file => file.Size), fixture.Hub.CdnBytes);
    }

    [Fact]
    public async Task A_damaged_byte_costs_no_more_than_one_more_fetch_of_its_file()
    {
        var repo = new FakeRepo();
        repo.AddLarge("model.bin", 2_000_000, 1);
        using var fixture = new HubFixture(repo, new FakeFault("cdn", FakeFaultKind.Corrupt));
        var model = await fixture.GetAsync();
        fixture.AssertComplete(model.Path);
        Assert.InRange(model.Downloaded, 2_000_001, 4_000_000);
    }

    [Fact]
    public async Task The_same_wrong_bytes_twice_are_given_up_and_not_kept()
    {
        var repo = new FakeRepo();
        repo.Files["model.bin"] = new FakeFile(new byte[300_000], IsLarge: true) { ClaimedSha256 = new string('b', 64) };
        using var fixture = new HubFixture(repo);
        Assert.Equal("HubFileCorrupt", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync())).ErrorId);
        Assert.Equal(600_000, fixture.Hub.CdnBytes);
        Assert.Empty(Directory.EnumerateFiles(Path.Join(fixture.RepoFolder, "blobs")));
    }

    [Fact]
    public async Task What_hf_has_left_of_a_file_is_not_fetched_again()
    {
        var repo = new FakeRepo();
        repo.AddLarge("model.bin", 1_000_000, 1);
        using var fixture = new HubFixture(repo);
        var file = repo.Files["model.bin"];
        Directory.CreateDirectory(Path.Join(fixture.RepoFolder, "blobs"));
        File.WriteAllBytes(Path.Join(fixture.RepoFolder, "blobs", file.ETag + ".0a1b2c3d.incomplete"), file.Content[..700_000]);
        Assert.Equal(300_000, (await fixture.Download().PlanAsync(default)).MissingSize);
        var model = await fixture.GetAsync();
        fixture.AssertComplete(model.Path);
        Assert.Equal(300_000, model.Downloaded);
    }

    [Fact]
    public async Task A_token_of_the_environment_that_the_Hub_does_not_know_is_left_out_with_a_warning()
    {
        var repo = FakeRepo.Typical();
        repo.Token = "hf_right";
        using var fixture = new HubFixture(repo);
        fixture.Set("HF_TOKEN", "hf_stale");
        var model = await fixture.GetAsync();
        fixture.AssertComplete(model.Path);
        Assert.DoesNotContain("hf_stale", Assert.Single(model.Warnings), StringComparison.Ordinal);
        var given = await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync(fixture.Request with { Token = "hf_stale", Revision = "v1" }));
        Assert.Equal("HubUnauthorized", given.ErrorId);
    }

    [Fact]
    public async Task A_server_without_ranges_sends_a_file_once()
    {
        var repo = new FakeRepo();
        repo.AddLarge("model.bin", 1_000_000, 1);
        using var fixture = new HubFixture(repo, new FakeFault("cdn", FakeFaultKind.NoRange, Times: int.MaxValue));
        var model = await fixture.GetAsync();
        fixture.AssertComplete(model.Path);
        Assert.InRange(model.Downloaded, 1_000_000, 1_200_000);
    }

    [Fact]
    public async Task A_cancelled_download_goes_on_where_it_was()
    {
        using var fixture = new HubFixture(FakeRepo.Typical(4_000_000));
        fixture.Hub.Rate = 1_000_000;
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Download().RunAsync(progress =>
        {
            if (progress.BytesDone > 1_000_000) stop.Cancel();
        }, stop.Token));
        Assert.NotEmpty(Directory.EnumerateFiles(fixture.Cache, "*.llmops-state.incomplete", SearchOption.AllDirectories));
        var plan = await fixture.Download().PlanAsync(default);
        Assert.InRange(plan.MissingSize, 1, plan.Size - 1_000_000);
        fixture.Hub.Rate = 0;
        var model = await fixture.GetAsync();
        fixture.AssertComplete(model.Path);
        Assert.Equal(plan.MissingSize, model.Downloaded);
    }

    [Fact]
    public async Task Wrong_bytes_of_an_earlier_run_are_found_and_fetched_again()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        var file = fixture.Repo.Files["model-00001-of-00002.safetensors"];
        var stem = Path.Join(fixture.RepoFolder, "blobs", file.ETag);
        Directory.CreateDirectory(Path.GetDirectoryName(stem)!);
        File.WriteAllBytes(stem + ".llmops.incomplete", new byte[file.Size]);
        using (var journal = new PartialFileJournal(stem + ".llmops-state.incomplete", file.ETag, file.Size)) journal.SaveDurable([(0, file.Size)], journal.Number());
        var model = await fixture.GetAsync();
        fixture.AssertComplete(model.Path);
    }
}
