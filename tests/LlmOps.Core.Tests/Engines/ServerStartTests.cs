using System.Net;
using System.Net.Sockets;
using LlmOps.Engines;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;

namespace LlmOps.Tests.Engines;

public sealed class ServerStartTests
{
    [Fact]
    public async Task A_secret_key_is_in_no_argument_log_or_state_and_is_given_to_its_owner()
    {
        const string canary = "sk-canary-5d1f";
        await using var rig = new RigUnderTest();
        await rig.StartAsync(rig.Wish() with { ApiKey = canary });
        await rig.WaitAsync();
        foreach (var process in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)))
            Assert.DoesNotContain(canary, RigUnderTest.CommandLine(int.Parse(process!)));
        var holders = Directory.EnumerateFiles(rig.Root, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("lock") && File.ReadAllText(file).Contains(canary)).Select(Path.GetFileName);
        Assert.Equal("env", Assert.Single(holders));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Join(rig.Root, "servers", "s", "env")));
        Assert.Equal(canary, (await rig.Agent.InvokeAsync(ServerOperations.ApiKey, new ServerReference("s"), null, CancellationToken.None)).Value);
        Assert.DoesNotContain(canary, (rig.Wish() with { ApiKey = canary }).ToString());
    }

    [Fact]
    public async Task A_taken_port_is_refused_with_its_holder_and_a_free_one_is_found()
    {
        await using var rig = new RigUnderTest();
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var error = await Refused(rig, rig.Wish() with { Port = port }, "PortInUse");
        Assert.Contains($"(process {Environment.ProcessId})", error.Message);
        listener.Stop();
        var first = await rig.StartAsync(rig.Wish("never") with { Port = port });
        Assert.Equal(port, first.Port);
        error = await Refused(rig, rig.Wish(name: "t") with { Port = port }, "PortInUse");
        Assert.Contains("the server 's'", error.Message);
        var second = await rig.StartAsync(rig.Wish("never", "t"));
        Assert.True(second.Port is >= 8000 and < 9000);
        Assert.NotEqual(second.Port, (await rig.StartAsync(rig.Wish("never", "u"))).Port);
    }

    [Fact]
    public async Task Tensor_parallel_sizes_that_cannot_be_are_refused_and_all_GPUs_are_the_default()
    {
        await using var rig = new RigUnderTest();
        rig.AddGpus(Path.Join(rig.Root, "held"));
        var model = Path.Join(rig.Root, "model");
        Directory.CreateDirectory(model);
        File.WriteAllText(Path.Join(model, "config.json"), """{"text_config":{"num_attention_heads":15}}""");
        var error = await Refused(rig, rig.Wish() with { TensorParallelSize = 4 }, "TensorParallelTooLarge");
        Assert.Contains("the rig has 2", error.Message);
        error = await Refused(rig, rig.Wish() with { Model = model }, "TensorParallelDoesNotDivide");
        Assert.Contains("15 attention heads", error.Message);
        Assert.Contains("Possible sizes: 1.", error.Message);
        Assert.Equal(2, (await rig.StartAsync(rig.Wish("never"))).TensorParallelSize);
    }

    [Theory]
    [InlineData("ModelNotFound", "/no/such/model", null, null, null)]
    [InlineData("ModelNameInvalid", "--port=1", null, null, null)]
    [InlineData("ServerNameInvalid", "a/b", "../x", null, null)]
    [InlineData("ContextLengthInvalid", "a/b", "s", "many", null)]
    [InlineData("EngineArgumentNotAllowed", "a/b", "s", null, "--api_key=x")]
    [InlineData("EngineArgumentNotAllowed", "a/b", "s", null, "--host")]
    [InlineData("EngineArgumentNotAllowed", "a/b", "s", null, "--port")]
    public async Task Bad_wishes_are_refused_and_change_nothing(string id, string model, string? name, string? context, string? argument)
    {
        await using var rig = new RigUnderTest();
        await Refused(rig, rig.Wish() with { Model = model, Name = name, MaxModelLen = context, Arguments = argument is null ? [] : [argument] }, id);
        Assert.Empty(Directory.EnumerateDirectories(Path.Join(rig.Root, "servers")));
    }

    [Fact]
    public async Task An_engine_that_is_not_installed_is_named()
    {
        await using var rig = new RigUnderTest();
        File.Delete(Path.Join(rig.Root, "venvs", "vllm-" + FakeVllm.Version, "complete"));
        await Refused(rig, rig.Wish(), "EngineNotInstalled");
    }

    [Fact]
    public async Task The_log_is_read_whole_by_its_tail_from_a_place_and_as_it_grows()
    {
        await using var rig = new RigUnderTest();
        await rig.StartAsync(rig.Wish());
        await rig.WaitAsync();
        var all = await rig.LogAsync(new ServerLogArgs { Name = "s" });
        Assert.Contains(all, line => line.EndsWith("Completed | 4/4"));
        Assert.DoesNotContain(all, line => line.Contains("50% Completed"));
        Assert.Equal(all.TakeLast(2), await rig.LogAsync(new ServerLogArgs { Name = "s", Tail = 2 }));
        Assert.Empty((await rig.LogAsync(new ServerLogArgs { Name = "s", Tail = 1 })).Skip(1));
        var lines = new List<string>();
        var args = new ServerLogArgs { Name = "s", Tail = 3, Follow = true };
        var following = rig.Agent.InvokeAsync(ServerOperations.Log, args, item => { lines.AddRange(item.Lines); args.From = item.Next; return ValueTask.CompletedTask; }, CancellationToken.None);
        await ServerLifeTests.Until(() => lines.Count == 3);
        await rig.StopAsync();
        await following;
        Assert.Contains("[shutdown] API server: shutdown triggered", lines[^1]);
        Assert.Equal(new FileInfo(Path.Join(rig.Root, "servers", "s", "log")).Length, args.From);
    }

    [Fact]
    public async Task A_folder_of_an_ended_server_is_used_again_or_removed()
    {
        await using var rig = new RigUnderTest();
        await rig.StartAsync(rig.Wish("crash"));
        await rig.WaitAsync();
        await rig.StartAsync(rig.Wish());
        Assert.Equal(LlmServerState.Ready, (await rig.WaitAsync()).State);
        var refused = await Assert.ThrowsAsync<LlmOpsException>(() => rig.Agent.InvokeAsync(ServerOperations.Remove, new ServerReference("s"), null, CancellationToken.None));
        Assert.Equal("ServerRunning", refused.ErrorId);
        await rig.StopAsync();
        await rig.Agent.InvokeAsync(ServerOperations.Remove, new ServerReference("s"), null, CancellationToken.None);
        Assert.Empty(await rig.Agent.InvokeAsync(ServerOperations.List, Nothing.Value, null, CancellationToken.None));
        refused = await Assert.ThrowsAsync<LlmOpsException>(() => rig.GetAsync());
        Assert.Equal("ServerNotFound", refused.ErrorId);
    }

    private static async Task<LlmOpsException> Refused(RigUnderTest rig, ServerStartArgs wish, string id)
    {
        var error = await Assert.ThrowsAsync<LlmOpsException>(() => rig.StartAsync(wish));
        Assert.Equal(id, error.ErrorId);
        return error;
    }
}
