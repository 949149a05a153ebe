using System.Text.Json;

namespace LlmOps.Hub.Tests;

public sealed class DownloadTests
{
    [Fact]
    public async Task The_cache_is_laid_out_as_hf_does()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        var model = await fixture.GetAsync();
        fixture.AssertComplete(fixture.Snapshot);
        Assert.Equal(fixture.Snapshot, model.Path);
        Assert.Equal((FakeRepo.Commit, "main", 5, fixture.Repo.Files.Values.Sum(file => file.Size)), (model.Commit, model.Revision, model.FileCount, model.Size));
        Assert.Equal(model.Size, model.Downloaded);
        Assert.Equal(FakeRepo.Commit, File.ReadAllText(Path.Join(fixture.RepoFolder, "refs", "main")));
        Assert.Equal($"../../blobs/{fixture.Repo.Files["config.json"].BlobId}", new FileInfo(Path.Join(fixture.Snapshot, "config.json")).LinkTarget);
        Assert.Equal($"../../../blobs/{fixture.Repo.Files["original/params.json"].BlobId}", new FileInfo(Path.Join(fixture.Snapshot, "original", "params.json")).LinkTarget);
        Assert.Equal(191, new FileInfo(Path.Join(fixture.Cache, "CACHEDIR.TAG")).Length);
        foreach (var file in fixture.Repo.Files.Values) Assert.True(File.Exists(Path.Join(fixture.Cache, ".locks", "models--acme--model", file.ETag + ".lock")));
    }

    [Fact]
    public async Task The_list_of_files_is_kept_in_full_and_in_hfs_own_form()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        await fixture.GetAsync(fixture.Request with { Include = ["config.json"] });
        var text = File.ReadAllText(Path.Join(fixture.RepoFolder, "trees", FakeRepo.Commit + ".json"));
        Assert.StartsWith("{\n \"format_version\": 1,\n \"files\": {\n  \"config.json\": {\n   \"size\": 8,\n   \"blob_id\": ", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(text);
        var large = json.RootElement.GetProperty("files").GetProperty("model-00001-of-00002.safetensors");
        Assert.Equal(fixture.Repo.Files["model-00001-of-00002.safetensors"].Sha256, large.GetProperty("lfs_sha256").GetString());
        Assert.Equal(5, json.RootElement.GetProperty("files").EnumerateObject().Count());
    }

    [Fact]
    public async Task The_second_time_nothing_is_fetched_and_only_the_commit_is_asked_for()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        await fixture.GetAsync();
        var before = fixture.Hub.Log.Count;
        var model = await fixture.GetAsync();
        Assert.Equal(0, model.Downloaded);
        Assert.Equal(before + 1, fixture.Hub.Log.Count);
        Assert.Equal(1, (await fixture.GetAsync(fixture.Request with { Revision = FakeRepo.Commit })).Downloaded + 1);
        Assert.Equal(before + 1, fixture.Hub.Log.Count);
    }

    [Fact]
    public async Task One_request_goes_to_the_hub_for_a_large_file_and_two_for_a_small_one()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        await fixture.GetAsync();
        Assert.Equal((2 + 2, 2), (fixture.Hub.Count("resolve"), fixture.Hub.Count("cache"))); // the empty file needs none
    }

    [Fact]
    public async Task A_truncated_blob_is_noticed_and_mended()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        await fixture.GetAsync();
        var blob = Path.Join(fixture.RepoFolder, "blobs", fixture.Repo.Files["model-00001-of-00002.safetensors"].ETag);
        using (var file = File.OpenWrite(blob)) file.SetLength(1000);
        var plan = await fixture.Download().PlanAsync(default);
        Assert.Equal((1, 1_000_000L), (plan.MissingFileCount, plan.MissingSize));
        var model = await fixture.GetAsync();
        fixture.AssertComplete(model.Path);
    }

    [Fact]
    public async Task A_local_folder_gets_the_files_and_a_record_of_each()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        var folder = Path.Join(fixture.Folder, "here");
        var request = fixture.Request with { LocalFolder = folder };
        var model = await fixture.GetAsync(request);
        Assert.Equal(folder, model.Path);
        fixture.AssertComplete(folder);
        Assert.Null(new FileInfo(Path.Join(folder, "config.json")).LinkTarget);
        var record = File.ReadAllLines(Path.Join(folder, ".cache", "huggingface", "download", "config.json.metadata"));
        Assert.Equal([FakeRepo.Commit, fixture.Repo.Files["config.json"].BlobId], record[..2]);
        Assert.Equal("*", File.ReadAllText(Path.Join(folder, ".cache", "huggingface", ".gitignore")));
        Assert.Equal(0, (await fixture.GetAsync(request)).Downloaded);
        File.WriteAllText(Path.Join(folder, "config.json"), "{\"a\": 2}");
        File.SetLastWriteTimeUtc(Path.Join(folder, "config.json"), DateTime.UtcNow.AddMinutes(1));
        Assert.Equal(8, (await fixture.GetAsync(request)).Downloaded);
        Directory.Delete(Path.Join(folder, ".cache"), recursive: true);
        Assert.Equal(0, (await fixture.GetAsync(request)).Downloaded);
    }

    [Fact]
    public async Task Pages_of_the_list_are_followed()
    {
        var repo = new FakeRepo { PageSize = 7 };
        for (var index = 0; index < 40; index++) repo.AddPlain($"part/{index:000}.json", $"{{\"n\": {index}}}");
        using var fixture = new HubFixture(repo);
        var model = await fixture.GetAsync();
        Assert.Equal((40, 6), (model.FileCount, fixture.Hub.Count("tree")));
        fixture.AssertComplete(model.Path);
    }

    [Fact]
    public async Task Equal_files_are_fetched_once()
    {
        var repo = new FakeRepo();
        repo.AddLarge("a.bin", 300_000, 1);
        repo.AddLarge("b/c.bin", 300_000, 1);
        using var fixture = new HubFixture(repo);
        var model = await fixture.GetAsync();
        Assert.Equal(300_000, model.Downloaded);
        fixture.AssertComplete(model.Path);
    }

    [Fact]
    public async Task Odd_names_arrive()
    {
        var repo = new FakeRepo();
        foreach (var name in new[] { "a b.txt", "100%.txt", "c#d?.txt", "é/ü+.txt", "[x].txt", "%2F.txt", "con.txt", "a&b=c;d.txt" }) repo.AddPlain(name, name);
        repo.AddLarge("w ü#%.bin", 100_000, 3);
        using var fixture = new HubFixture(repo);
        var model = await fixture.GetAsync();
        fixture.AssertComplete(model.Path);
    }

    [Fact]
    public async Task Two_at_once_fetch_everything_once()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        var models = await Task.WhenAll(fixture.GetAsync(), fixture.GetAsync());
        fixture.AssertComplete(fixture.Snapshot);
        Assert.Equal(fixture.Repo.Files.Values.Sum(file => file.Size), models.Sum(model => model.Downloaded));
    }

    [Fact]
    public async Task Offline_uses_the_cache_and_asks_nothing()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        await fixture.GetAsync(fixture.Request with { Include = ["*.json"] });
        fixture.Set("HF_HUB_OFFLINE", "1");
        var before = fixture.Hub.Log.Count;
        Assert.Equal(2, (await fixture.GetAsync(fixture.Request with { Include = ["*.json"] })).FileCount);
        Assert.Equal("HubOffline", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync())).ErrorId);
        Assert.Equal(before, fixture.Hub.Log.Count);
    }

    [Fact]
    public async Task A_plan_fetches_nothing_and_says_what_is_missing()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        var plan = await fixture.Download(fixture.Request with { Exclude = ["original/"] }).PlanAsync(default);
        Assert.Equal((4, 4, plan.Size), (plan.FileCount, plan.MissingFileCount, plan.MissingSize));
        Assert.Equal(0, fixture.Hub.Count("resolve"));
        Assert.False(Directory.Exists(fixture.Cache));
    }

    [Fact]
    public async Task A_volume_that_is_too_small_is_named_before_anything_is_fetched()
    {
        var repo = new FakeRepo();
        repo.Files["huge.bin"] = new FakeFile([1], IsLarge: true) { ClaimedSize = 1L << 59 };
        using var fixture = new HubFixture(repo);
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync());
        Assert.Equal(("DiskFull", 0), (failure.ErrorId, fixture.Hub.Count("resolve")));
    }

    [Fact]
    public async Task Progress_counts_to_the_end()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        var last = new DownloadProgress();
        var model = await fixture.Download().RunAsync(progress => last = progress, default);
        Assert.Equal((model.Size, model.Size, 5, 5), (last.BytesDone, last.BytesTotal, last.FilesDone, last.FilesTotal));
    }

    [Fact]
    public async Task Without_symbolic_links_the_files_lie_in_the_snapshot()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        fixture.Set("HF_HUB_DISABLE_SYMLINKS", "1");
        await fixture.GetAsync();
        Assert.Null(new FileInfo(Path.Join(fixture.Snapshot, "config.json")).LinkTarget);
        Assert.Empty(Directory.EnumerateFiles(Path.Join(fixture.RepoFolder, "blobs")));
        fixture.AssertComplete(fixture.Snapshot);
        Assert.Equal(0, (await fixture.GetAsync()).Downloaded);
    }
}
