using System.Text;

namespace LlmOps.Hub.Tests;

public sealed class ModelSearchTests : IDisposable
{
    private readonly HubFixture _fixture = new(Catalog());

    [Fact]
    public async Task What_is_found_carries_what_the_hub_says()
    {
        var model = Assert.Single(await FindAsync(new ModelQuery { Text = "72b", Tags = ["awq"] }));
        Assert.Equal(("acme/big-72B-AWQ", "acme", 501L, 50L, "text-generation", "transformers", "awq"), (model.Id, model.Author, model.Downloads, model.Likes, model.Task, model.Library, model.QuantizedAs));
        Assert.Equal((72_000_000_000L, 36_000_000_000L, true, 2026), (model.Parameters!.Value, model.Size!.Value, model.IsGated, model.LastModified!.Value.Year));
        Assert.Null(Assert.Single(await FindAsync(new ModelQuery { Text = "unknown" })).Parameters);
    }

    [Fact]
    public async Task Filters_go_to_the_hub_and_sizes_are_told_apart_here()
    {
        Assert.Equal(["acme/big-72B-AWQ", "acme/big-72B"], (await FindAsync(new ModelQuery { MinSize = new ModelSize("70B") })).Select(model => model.Id));
        Assert.Equal(["acme/big-72B-AWQ"], (await FindAsync(new ModelQuery { MinSize = new ModelSize("30GB"), MaxSize = new ModelSize(48L << 30) })).Select(model => model.Id));
        Assert.Equal(2, (await FindAsync(new ModelQuery { Author = "other" })).Count);
        Assert.Empty(await FindAsync(new ModelQuery { Task = "text-to-image" }));
        Assert.Equal("acme/big-72B", (await FindAsync(new ModelQuery { Sort = ModelSortOrder.Trending, Author = "acme", MinSize = new ModelSize("70B") }))[0].Id);
    }

    [Fact]
    public async Task Pages_are_asked_for_only_as_they_are_used()
    {
        Assert.Equal(250, (await FindAsync(new ModelQuery { Author = "crowd", First = 1000 })).Count);
        Assert.Equal(3, _fixture.Hub.Count("search"));
        Assert.Equal(120, (await FindAsync(new ModelQuery { Author = "crowd", First = 120 })).Count);
        Assert.Equal(5, _fixture.Hub.Count("search"));
        await foreach (var _ in Search().FindAsync(new ModelQuery { Author = "crowd", First = 1000 }, null)) break;
        Assert.Equal(6, _fixture.Hub.Count("search"));
    }

    [Fact]
    public async Task A_token_goes_along_and_a_wrong_one_is_named()
    {
        await FindAsync(new ModelQuery { Text = "72b" }, "hf_mine");
        Assert.Equal("Bearer hf_mine", _fixture.Hub.Log.Single().Authorization);
        using var hub = new FakeHub(FakeRepo.Typical(), new FakeFault("search", FakeFaultKind.Status) { Status = 401 });
        _fixture.Set("HF_ENDPOINT", hub.Endpoint);
        Assert.Equal("HubUnauthorized", (await Assert.ThrowsAsync<LlmOpsException>(() => FindAsync(new ModelQuery()))).ErrorId);
        _fixture.Set("HF_HUB_OFFLINE", "1");
        Assert.Equal("HubOffline", (await Assert.ThrowsAsync<LlmOpsException>(() => FindAsync(new ModelQuery()))).ErrorId);
    }

    [Theory]
    [InlineData("7B", 7e9, null)]
    [InlineData("1.5b", 1.5e9, null)]
    [InlineData("500M", 5e8, null)]
    [InlineData("1T", 1e12, null)]
    [InlineData("20GB", null, 20e9)]
    [InlineData("1 GiB", null, 1073741824.0)]
    [InlineData("4096", null, 4096.0)]
    public void Sizes_are_read(string text, double? parameters, double? bytes)
    {
        var size = new ModelSize(text);
        Assert.Equal(parameters is null ? null : 0, size.Compare(new FoundModel { Id = "x", Parameters = (long?)parameters }));
        Assert.Equal(bytes is null ? null : 0, size.Compare(new FoundModel { Id = "x", Size = (long?)bytes }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("big")]
    [InlineData("-7B")]
    [InlineData("7 B B")]
    public void What_is_no_size_is_refused(string text) => Assert.Throws<FormatException>(() => new ModelSize(text));

    [Fact]
    public void Foreign_answers_never_crash_the_reader()
    {
        var random = new Random(11);
        var sample = Encoding.UTF8.GetBytes($"[{FakeSearch.Model("a/b", 3, 7, "BF16", "awq").ToJsonString()}, {{}}, 1, null, {{\"id\": \"x\", \"tags\": 1, \"safetensors\": {{\"parameters\": {{\"F8\": -1, \"X\": 1e400}}}}, \"gated\": []}}]");
        Assert.Equal(2, FoundModelJson.Parse(sample).Count);
        for (var round = 0; round < 5000; round++)
        {
            byte[] broken = [.. sample];
            for (var hit = random.Next(1, 6); hit > 0; hit--) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            try
            {
                FoundModelJson.Parse(broken);
            }
            catch (Exception expected) when (expected is System.Text.Json.JsonException or InvalidOperationException)
            {
                // What the caller names NotAHub.
            }
        }
    }

    public void Dispose() => _fixture.Dispose();

    private static FakeRepo Catalog()
    {
        var repo = FakeRepo.Typical();
        repo.Catalog.Add(FakeSearch.Model("acme/big-72B", 400, 72_000_000_000));
        repo.Catalog.Add(FakeSearch.Model("acme/big-72B-AWQ", 501, 72_000_000_000, "I4", "awq", "4-bit-no"));
        repo.Catalog.Add(FakeSearch.Model("other/small", 300, 500_000_000));
        repo.Catalog.Add(FakeSearch.Model("other/unknown", 200, null));
        for (var index = 0; index < 250; index++) repo.Catalog.Add(FakeSearch.Model($"crowd/m{index}", index % 50, 1_000_000));
        return repo;
    }

    private ModelSearch Search() => new(_fixture.Environment, TimeProvider.System);

    private async Task<List<FoundModel>> FindAsync(ModelQuery query, string? token = null)
    {
        var found = new List<FoundModel>();
        await foreach (var model in Search().FindAsync(query, token)) found.Add(model);
        return found;
    }
}
