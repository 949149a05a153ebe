namespace LlmOps.Hub.Tests;

public sealed class HubErrorTests
{
    [Theory]
    [InlineData("bad//id")]
    [InlineData("../etc")]
    [InlineData("a/b/c")]
    [InlineData("")]
    [InlineData("a--b/c")]
    [InlineData("a/b.git")]
    [InlineData("a/b\n")]
    [InlineData("https://huggingface.co/a/b")]
    [InlineData("-a/b")]
    public async Task An_id_that_cannot_be_is_refused_before_anything_is_asked(string id)
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        Assert.Equal("ModelIdInvalid", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync(fixture.Request with { Id = id }))).ErrorId);
        Assert.Empty(fixture.Hub.Log);
    }

    [Theory]
    [InlineData("../main")]
    [InlineData("/main")]
    [InlineData("")]
    [InlineData("a\\b")]
    public async Task A_revision_that_cannot_be_is_refused_before_anything_is_asked(string revision)
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        Assert.Equal("RevisionInvalid", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync(fixture.Request with { Revision = revision }))).ErrorId);
        Assert.Empty(fixture.Hub.Log);
    }

    [Fact]
    public async Task A_missing_repository_is_named()
    {
        using var fixture = new HubFixture(new FakeRepo { IsMissing = true });
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync());
        Assert.Equal(("RepositoryNotFound", ErrorKind.ObjectNotFound, "acme/model"), (failure.ErrorId, failure.Kind, failure.Target));
        Assert.Contains("HF_TOKEN", failure.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("RepositoryNotFound", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync(fixture.Request with { Token = "hf_x" }))).ErrorId);
        Assert.False(Directory.Exists(fixture.Cache));
    }

    [Fact]
    public async Task A_missing_revision_is_named()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync(fixture.Request with { Revision = "v9" }));
        Assert.Equal(("RevisionNotFound", "v9"), (failure.ErrorId, failure.Target));
    }

    [Fact]
    public async Task A_gated_repository_names_the_page_where_its_conditions_are_accepted()
    {
        var repo = new FakeRepo { IsGated = true };
        repo.AddLarge("model.bin", 1000, 1);
        using var fixture = new HubFixture(repo);
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync());
        Assert.Equal("GatedRepository", failure.ErrorId);
        Assert.Contains(fixture.Hub.Endpoint + "/acme/model", failure.RecommendedAction, StringComparison.Ordinal);
        fixture.AssertComplete((await fixture.GetAsync(fixture.Request with { Token = "hf_good" })).Path);
    }

    [Fact]
    public async Task A_token_that_the_hub_does_not_know_is_named_and_not_shown()
    {
        var repo = new FakeRepo { Token = "hf_good", IsGated = true };
        repo.AddLarge("model.bin", 1000, 1);
        using var fixture = new HubFixture(repo);
        fixture.Set("HF_TOKEN", "hf_canary");
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync());
        Assert.Equal("HubUnauthorized", failure.ErrorId);
        Assert.DoesNotContain("hf_canary", failure.ToString() + failure.RecommendedAction + (fixture.Request with { Token = "hf_canary" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_not_to_its_cdn()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        fixture.Set("HF_TOKEN", "hf_canary");
        await fixture.GetAsync();
        Assert.All(fixture.Hub.Log, entry => Assert.Equal(entry.Target == "cdn" ? null : "Bearer hf_canary", entry.Authorization));
    }

    [Fact]
    public async Task A_token_that_is_meant_for_one_hub_goes_to_no_other()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        await fixture.GetAsync(fixture.Request with { Token = "hf_canary", TokenEndpoint = new Uri("https://huggingface.co/") });
        Assert.All(fixture.Hub.Log, entry => Assert.Null(entry.Authorization));
        fixture.Set("HF_TOKEN", "hf_own");
        await fixture.GetAsync(fixture.Request with { Token = "hf_canary", TokenEndpoint = new Uri("https://huggingface.co/") });
        Assert.Contains(fixture.Hub.Log, entry => entry.Authorization == "Bearer hf_own");
        await fixture.GetAsync(fixture.Request with { Token = "hf_canary", TokenEndpoint = new Uri(fixture.Hub.Endpoint) });
        Assert.Contains(fixture.Hub.Log, entry => entry.Authorization == "Bearer hf_canary");
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_named()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        fixture.Set("HF_ENDPOINT", "http://127.0.0.1:1");
        Assert.Equal("HubUnreachable", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync())).ErrorId);
        fixture.Set("HF_ENDPOINT", "hub");
        Assert.Equal("HubEndpointInvalid", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync())).ErrorId);
    }

    [Fact]
    public async Task A_hub_that_stays_busy_is_named()
    {
        using var fixture = new HubFixture(FakeRepo.Typical(), new FakeFault("info", FakeFaultKind.Status, int.MaxValue, Status: 429, Header: "Retry-After: 0"));
        Assert.Equal("HubRateLimited", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync())).ErrorId);
    }

    [Fact]
    public async Task A_login_page_in_between_is_named()
    {
        using var fixture = new HubFixture(FakeRepo.Typical(), new FakeFault("info", FakeFaultKind.Html, int.MaxValue));
        Assert.Equal("NotAHub", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync())).ErrorId);
    }

    [Fact]
    public async Task Patterns_that_select_nothing_are_named()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        Assert.Equal("NoFileSelected", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync(fixture.Request with { Include = ["*.gguf"] }))).ErrorId);
    }

    [Theory]
    [InlineData("../escape.txt")]
    [InlineData("a/../../escape.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\win.txt")]
    [InlineData("..\\win.txt")]
    [InlineData("\\\\server\\share")]
    public async Task A_path_that_leaves_the_folder_is_refused_and_nothing_is_written(string path)
    {
        var repo = FakeRepo.Typical();
        repo.AddPlain(path, "x");
        using var fixture = new HubFixture(repo);
        Assert.Equal("HubPathUnsafe", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync())).ErrorId);
        Assert.Equal("HubPathUnsafe", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync(fixture.Request with { LocalFolder = Path.Join(fixture.Folder, "here") }))).ErrorId);
        Assert.Empty(Directory.EnumerateFileSystemEntries(fixture.Folder));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        var file = Path.Join(fixture.Folder, "file");
        File.WriteAllText(file, "");
        Assert.Equal("ModelFolderNotWritable", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync(fixture.Request with { CacheFolder = Path.Join(file, "cache") }))).ErrorId);
    }
}
