using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace LlmOps.Tests.Simulator;

public sealed class HubTests
{
    private const string Model = "Qwen/Qwen2.5-72B-Instruct-AWQ";
    private const string Gated = "meta-llama/Llama-3.1-8B-Instruct";

    [Fact]
    public async Task It_lists_resolves_and_sends_as_the_hub_does()
    {
        await using var rig = await RehearsalRig.CreateAsync();
        var hub = await File.ReadAllTextAsync(rig.Folder.HubAddress);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });

        var info = JsonNode.Parse(await client.GetStringAsync($"{hub}/api/models/{Model}/revision/main"))!;
        var tree = JsonNode.Parse(await client.GetStringAsync($"{hub}/api/models/{Model}/tree/{info["sha"]}?recursive=true"))!.AsArray();
        var shard = tree.Single(entry => (string?)entry!["path"] == "model-00003-of-00011.safetensors")!;
        using var resolved = await client.GetAsync($"{hub}/{Model}/resolve/main/model-00003-of-00011.safetensors");
        var content = await client.GetByteArrayAsync(resolved.Headers.Location);
        using var ranged = new HttpRequestMessage(HttpMethod.Get, resolved.Headers.Location) { Headers = { Range = new(10, 19) } };
        using var part = await client.SendAsync(ranged);
        using var plain = await client.GetAsync($"{hub}/{Model}/resolve/main/config.json");
        var config = JsonNode.Parse(await client.GetStringAsync(new Uri(new Uri(hub), plain.Headers.Location!)))!;
        var index = JsonNode.Parse(await client.GetStringAsync($"{hub}/api/resolve-cache/models/{Model}/{info["sha"]}/model.safetensors.index.json"))!;

        Assert.Equal(HttpStatusCode.Found, resolved.StatusCode);
        Assert.NotEqual(new Uri(hub).Authority, resolved.Headers.Location!.Authority);
        Assert.Equal($"\"{shard["lfs"]!["oid"]}\"", resolved.Headers.GetValues("X-Linked-ETag").Single());
        Assert.Equal((string?)shard["lfs"]!["oid"], Convert.ToHexStringLower(SHA256.HashData(content)));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(content[10..20], await part.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.TemporaryRedirect, plain.StatusCode);
        Assert.Equal(80, (int)config["num_hidden_layers"]!);
        Assert.Equal(41_598_492_672, (long)index["metadata"]!["total_size"]!);
    }

    [Theory]
    [InlineData(Gated, null, 401, "GatedRepo")]
    [InlineData(Gated, "hf_noaccess", 403, "GatedRepo")]
    [InlineData(Gated, "hf_fine", 307, null)]
    [InlineData("nobody/nothing", null, 401, "RepoNotFound")]
    [InlineData("nobody/nothing", "hf_fine", 404, "RepoNotFound")]
    [InlineData(Model, null, 307, null)]
    public async Task It_lets_in_whom_the_hub_lets_in(string model, string? token, int status, string? code)
    {
        await using var rig = await RehearsalRig.CreateAsync();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Head, $"{await File.ReadAllTextAsync(rig.Folder.HubAddress)}/{model}/resolve/main/config.json");
        if (token is not null) request.Headers.Authorization = new("Bearer", token);

        using var response = await client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(code, response.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.Single() : null);
    }
}
