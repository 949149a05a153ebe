using LlmOps.Engines;
using LlmOps.Protocol.Operations;

namespace LlmOps.Tests.Engines;

public sealed class ServerLifeTests
{
    [Fact]
    public async Task A_server_becomes_ready_through_its_phases_and_stops()
    {
        await using var rig = new RigUnderTest();
        var hold = Path.Join(rig.Root, "hold");
        File.WriteAllText(hold, "");
        var started = await rig.StartAsync(rig.Wish(environment: ("FAKE_HOLD", hold)) with { MaxModelLen = "32k" });
        Assert.Equal(LlmServerState.Starting, started.State);
        Assert.Equal(32000, started.MaxModelLen);
        var seen = new List<EngineProgress>();
        var waiting = rig.WaitAsync(seen: seen);
        await Until(() => seen.Any(progress => progress.Phase == EnginePhase.Configuring));
        File.Delete(hold);
        var ready = await waiting;
        Assert.Equal(LlmServerState.Ready, ready.State);
        Assert.Equal("0.29.0", ready.EngineVersion);
        Assert.Equal(32768, ready.MaxModelLen);
        Assert.Equal(70512, ready.KvCacheTokens);
        Assert.Equal("Qwen/Qwen2.5-7B-Instruct", ready.ServedModelName);
        Assert.NotNull(ready.ReadyAt);
        var engine = ready.ProcessId!.Value;
        Assert.Contains("--shutdown-timeout", RigUnderTest.CommandLine(engine));

        var stopped = await rig.StopAsync();
        Assert.Equal(LlmServerState.Stopped, stopped.State);
        Assert.Equal(0, stopped.ExitCode);
        Assert.False(RigUnderTest.Lives(engine));
        Assert.False(RigUnderTest.Lives(rig.WorkerId));
        await Until(() => rig.Supervisors().Count == 0);
    }

    [Fact]
    public async Task A_crash_is_told_with_its_cause_and_the_end_of_the_log()
    {
        await using var rig = new RigUnderTest();
        await rig.StartAsync(rig.Wish("crash"));
        var outcome = await rig.OutcomeAsync();
        Assert.Equal(LlmServerState.Failed, outcome.Server.State);
        Assert.Equal(1, outcome.Server.ExitCode);
        Assert.Equal("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.00 GiB.", outcome.Server.FailureCause);
        Assert.Contains(outcome.LogTail, line => line.Contains("Engine core initialization failed"));
        Assert.False(RigUnderTest.Lives(rig.WorkerId));
        var error = ServerErrors.Failed(outcome.Server, outcome.LogTail);
        Assert.Equal("ServerFailed", error.ErrorId);
        Assert.Contains("CUDA out of memory", error.Message);
    }

    [Fact]
    public async Task A_crash_after_it_was_ready_is_found_out()
    {
        await using var rig = new RigUnderTest();
        await rig.StartAsync(rig.Wish("crashlater"));
        Assert.Equal(LlmServerState.Ready, (await rig.WaitAsync()).State);
        File.WriteAllText(rig.Starts + ".crash", "");
        LlmServer server;
        do server = await rig.GetAsync(); while (server.State == LlmServerState.Ready);
        Assert.Equal((LlmServerState.Failed, (int?)3, "ValueError: it broke"), (server.State, server.ExitCode, server.FailureCause));
    }

    [Fact]
    public async Task The_next_agent_finds_a_server_whose_agent_died_while_it_started_and_nothing_starts_twice()
    {
        await using var rig = new RigUnderTest();
        var hold = Path.Join(rig.Root, "hold");
        File.WriteAllText(hold, "");
        var wish = rig.Wish(environment: ("FAKE_HOLD", hold));
        await rig.StartAsync(wish);
        rig.KillAgents();
        var again = await rig.StartAsync(wish);
        Assert.Equal("s", again.Name);
        File.Delete(hold);
        Assert.Equal(LlmServerState.Ready, (await rig.WaitAsync()).State);
        Assert.Equal(1, rig.StartCount);
        var refused = await Assert.ThrowsAsync<LlmOpsException>(() => rig.StartAsync(wish with { Ticket = "another" }));
        Assert.Equal("ServerExists", refused.ErrorId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_whose_supervisor_was_killed_is_still_told_truly_and_stopped(bool ready)
    {
        await using var rig = new RigUnderTest();
        await rig.StartAsync(rig.Wish(ready ? "" : "never"));
        if (ready) await rig.WaitAsync();
        await Until(() => File.Exists(rig.Starts + ".worker"));
        System.Diagnostics.Process.GetProcessById(Assert.Single(rig.Supervisors())).Kill();
        await Until(() => rig.Supervisors().Count == 0);
        var found = await rig.GetAsync();
        Assert.Equal(ready ? LlmServerState.Ready : LlmServerState.Starting, found.State);
        Assert.True(RigUnderTest.Lives(found.ProcessId!.Value));
        Assert.Equal(1, rig.StartCount);
        Assert.Equal(LlmServerState.Stopped, (await rig.StopAsync()).State);
        Assert.False(RigUnderTest.Lives(found.ProcessId!.Value));
        Assert.False(RigUnderTest.Lives(rig.WorkerId));
    }

    [Fact]
    public async Task A_server_that_ended_unseen_is_told_as_failed()
    {
        await using var rig = new RigUnderTest();
        await rig.StartAsync(rig.Wish());
        var engine = (await rig.WaitAsync()).ProcessId!.Value;
        System.Diagnostics.Process.GetProcessById(Assert.Single(rig.Supervisors())).Kill();
        await Until(() => rig.Supervisors().Count == 0);
        System.Diagnostics.Process.GetProcessById(engine).Kill();
        await Until(() => !RigUnderTest.Lives(engine));
        var server = await rig.GetAsync();
        Assert.Equal(LlmServerState.Failed, server.State);
        Assert.Contains("nobody stood by", server.FailureCause);
        Assert.False(RigUnderTest.Lives(rig.WorkerId));
    }

    [Theory]
    [InlineData("orphans", 5)]
    [InlineData("ignoreterm", 1)]
    [InlineData("ignoreterm", 0)]
    public async Task Stopping_leaves_no_worker_behind(string mode, int drain)
    {
        await using var rig = new RigUnderTest();
        await rig.StartAsync(rig.Wish(mode));
        var engine = (await rig.WaitAsync()).ProcessId!.Value;
        Assert.True(RigUnderTest.Lives(rig.WorkerId));
        Assert.Equal(LlmServerState.Stopped, (await rig.StopAsync(drain)).State);
        Assert.False(RigUnderTest.Lives(engine));
        Assert.False(RigUnderTest.Lives(rig.WorkerId));
    }

    [Fact]
    public async Task A_stop_returns_only_when_the_GPU_memory_is_free()
    {
        await using var rig = new RigUnderTest();
        var held = Path.Join(rig.Root, "held");
        rig.AddGpus(held);
        await rig.StartAsync(rig.Wish());
        var engine = (await rig.WaitAsync()).ProcessId!.Value;
        File.WriteAllText(held, $"{engine}\n");
        File.Delete(held + ".asked");
        var stopping = rig.StopAsync();
        await Until(() => File.Exists(held + ".asked") && File.ReadLines(held + ".asked").Count() >= 2);
        Assert.False(RigUnderTest.Lives(engine));
        Assert.Equal(LlmServerState.Stopping, (await rig.GetAsync()).State);
        Assert.False(stopping.IsCompleted);
        File.Delete(held);
        Assert.Equal(LlmServerState.Stopped, (await stopping).State);
    }

    [Fact]
    public async Task A_server_starts_again_as_it_was_and_once()
    {
        await using var rig = new RigUnderTest();
        await rig.StartAsync(rig.Wish() with { ApiKey = "sk-canary" });
        var first = await rig.WaitAsync();
        var wish = new ServerRestartArgs("s", "again", 5);
        await rig.Agent.InvokeAsync(ServerOperations.Restart, wish, null, CancellationToken.None);
        await rig.Agent.InvokeAsync(ServerOperations.Restart, wish, null, CancellationToken.None);
        var second = await rig.WaitAsync();
        Assert.Equal(LlmServerState.Ready, second.State);
        Assert.Equal(first.Port, second.Port);
        Assert.NotEqual(first.ProcessId, second.ProcessId);
        Assert.Equal(2, rig.StartCount);
        Assert.Equal("sk-canary", (await rig.Agent.InvokeAsync(ServerOperations.ApiKey, new ServerReference("s"), null, CancellationToken.None)).Value);
    }

    internal static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition()) await Task.Delay(20, limit.Token);
    }
}
