namespace LlmOps.Hub.Tests;

public sealed class ModelTestTests
{
    private const string Large = "model-00001-of-00002.safetensors";

    [Fact]
    public async Task An_intact_model_is_ok_without_asking_the_hub()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        await fixture.GetAsync();
        var before = fixture.Hub.Log.Count;
        var files = await TestAsync(fixture);
        Assert.Equal(fixture.Repo.Files.Keys.Order(StringComparer.Ordinal), files.Select(file => file.Path));
        Assert.All(files, file => Assert.Equal(FileVerdict.Ok, file.Verdict));
        Assert.Equal(before, fixture.Hub.Log.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_kind_of_damage_is_named(bool withList)
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        await fixture.GetAsync();
        if (!withList) Directory.Delete(Path.Join(fixture.RepoFolder, "trees"), recursive: true);
        Flip(fixture, Large);
        File.WriteAllText(Blob(fixture, "config.json"), "{\"a\":");
        File.Delete(Blob(fixture, "original/params.json"));
        File.Delete(Path.Join(fixture.Snapshot, "model-00002-of-00002.safetensors"));
        File.WriteAllText(Path.Join(fixture.Snapshot, "notes.txt"), "mine");
        var files = (await TestAsync(fixture)).ToDictionary(file => file.Path, file => file.Verdict);
        Assert.Equal(6, files.Count);
        Assert.Equal(FileVerdict.Corrupt, files[Large]);
        Assert.Equal(FileVerdict.Truncated, files["config.json"]);
        Assert.Equal(FileVerdict.Missing, files["original/params.json"]);
        Assert.Equal(FileVerdict.Missing, files["model-00002-of-00002.safetensors"]);
        Assert.Equal(FileVerdict.Extra, files["notes.txt"]);
        Assert.Equal(FileVerdict.Ok, files["empty.txt"]);
        Assert.Equal(withList ? 1 : 2, fixture.Hub.Count("tree"));
    }

    [Fact]
    public async Task Offline_and_without_a_list_the_names_of_the_contents_tell()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        await fixture.GetAsync();
        Directory.Delete(Path.Join(fixture.RepoFolder, "trees"), recursive: true);
        Flip(fixture, Large);
        fixture.Set("HF_HUB_OFFLINE", "1");
        var before = fixture.Hub.Log.Count;
        var files = await TestAsync(fixture);
        Assert.Equal([Large], files.Where(file => file.Verdict == FileVerdict.Corrupt).Select(file => file.Path));
        Assert.Equal(4, files.Count(file => file.Verdict == FileVerdict.Ok));
        Assert.Equal(before, fixture.Hub.Log.Count);
    }

    [Fact]
    public async Task Files_that_were_never_fetched_are_not_missing()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        await fixture.GetAsync(fixture.Request with { Include = ["*.json"] });
        Assert.Equal(["config.json", "original/params.json"], (await TestAsync(fixture)).Select(file => file.Path));
    }

    [Fact]
    public async Task What_is_wrong_is_discarded_on_demand_and_fetched_again()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        await fixture.GetAsync();
        Flip(fixture, Large);
        Assert.Equal(0, (await fixture.GetAsync()).Downloaded); // its size is right
        Assert.Contains(await TestAsync(fixture, discards: true), file => file.Verdict == FileVerdict.Corrupt);
        Assert.Equal(1_000_000, (await fixture.GetAsync()).Downloaded);
        fixture.AssertComplete(fixture.Snapshot);
        Assert.All(await TestAsync(fixture), file => Assert.Equal(FileVerdict.Ok, file.Verdict));
    }

    [Fact]
    public async Task Without_links_files_are_checked_where_they_lie()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        fixture.Set("HF_HUB_DISABLE_SYMLINKS", "1");
        await fixture.GetAsync();
        File.WriteAllText(Path.Join(fixture.Snapshot, "config.json"), "{\"a\": 2}");
        Assert.Equal(["config.json"], (await TestAsync(fixture)).Where(file => file.Verdict == FileVerdict.Corrupt).Select(file => file.Path));
    }

    [Fact]
    public async Task Files_are_listed_with_what_they_are_and_whether_they_are_here()
    {
        var repo = FakeRepo.Typical();
        repo.AddLarge("pytorch_model.bin", 50_000, 9);
        repo.AddPlain("tokenizer.json", "{}");
        using var fixture = new HubFixture(repo);
        await fixture.GetAsync(fixture.Request with { Include = ["*.json"] });
        var files = (await fixture.Download().FilesAsync(default)).ToDictionary(file => file.Path);
        Assert.Equal(repo.Files.Keys.Order(StringComparer.Ordinal), files.Keys);
        var weights = files[Large];
        Assert.Equal((ModelFileKind.Weights, WeightFormat.Safetensors, true, 1_000_000L, false, true), (weights.Kind, weights.Format, weights.IsLarge, weights.Size, weights.IsCached, weights.IsDefault));
        Assert.Equal(repo.Files[Large].Sha256, weights.Sha256);
        Assert.Equal((ModelFileKind.Config, true, true), (files["config.json"].Kind, files["config.json"].IsCached, files["config.json"].IsDefault));
        Assert.Equal(ModelFileKind.Tokenizer, files["tokenizer.json"].Kind);
        Assert.False(files["pytorch_model.bin"].IsDefault);
        var picked = await fixture.Download(fixture.Request with { Include = ["*.bin"] }).FilesAsync(default);
        Assert.Equal(["pytorch_model.bin"], picked.Select(file => file.Path));
    }

    [Fact]
    public async Task The_default_leaves_a_second_copy_and_says_so_and_the_list_keeps_it()
    {
        var repo = FakeRepo.Typical();
        repo.AddLarge("pytorch_model.bin", 50_000, 9);
        using var fixture = new HubFixture(repo);
        var plan = await fixture.Download().PlanAsync(default);
        Assert.Equal((5, new LeftOutFiles("PyTorch", 1, 50_000)), (plan.FileCount, Assert.Single(plan.LeftOut)));
        var model = await fixture.GetAsync();
        Assert.Equal(plan.LeftOut, model.LeftOut);
        Assert.False(File.Exists(Path.Join(model.Path, "pytorch_model.bin")));
        Assert.Contains("pytorch_model.bin", File.ReadAllText(Path.Join(fixture.RepoFolder, "trees", FakeRepo.Commit + ".json")), StringComparison.Ordinal);
        Assert.Equal(50_000, (await fixture.GetAsync(fixture.Request with { TakesAll = true })).Downloaded);
        Assert.Equal("SelectionConflict", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync(fixture.Request with { TakesAll = true, Quantization = "Q4_0" }))).ErrorId);
    }

    [Fact]
    public async Task A_plan_fails_with_what_the_download_would_fail_with()
    {
        var repo = new FakeRepo();
        repo.Files["huge.bin"] = new FakeFile([1], IsLarge: true) { ClaimedSize = 1L << 59 };
        using var fixture = new HubFixture(repo);
        Assert.Equal("DiskFull", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.Download().PlanAsync(default))).ErrorId);
        fixture.Repo.Files.Clear();
        fixture.Repo.AddPlain("config.json", "{}");
        File.WriteAllText(Path.Join(fixture.Folder, "file"), "");
        var below = fixture.Request with { CacheFolder = Path.Join(fixture.Folder, "file", "cache") };
        Assert.Equal("ModelFolderNotWritable", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.Download(below).PlanAsync(default))).ErrorId);
    }

    private static string Blob(HubFixture fixture, string path) => Path.Join(fixture.RepoFolder, "blobs", fixture.Repo.Files[path].ETag);

    private static void Flip(HubFixture fixture, string path)
    {
        var blob = Blob(fixture, path);
        var content = File.ReadAllBytes(blob);
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(blob, content);
    }

    private static async Task<List<TestedModelFile>> TestAsync(HubFixture fixture, bool discards = false)
    {
        var files = new List<TestedModelFile>();
        await new ModelTest(new ModelTestRequest { Id = fixture.Repo.Id, DiscardsWrong = discards }, fixture.Environment, TimeProvider.System).RunAsync(
            report =>
            {
                if (report.File is { } file) files.Add(file);
                return ValueTask.CompletedTask;
            },
            default);
        return files;
    }
}
