using System.Globalization;
using System.Text;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;

namespace LlmOps.Core.Tests.Rigs;

/// <summary>The shared connection to a rig, with the real agent started by the real bootstrap on this machine.</summary>
public sealed class RigConnectionTests : IAsyncDisposable
{
    private readonly TemporaryFolder _root = new();
    private readonly RigConnection _connection;

    public RigConnectionTests() => _connection = Connect(new AgentCatalog(BuiltModule.Agents));

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _root.Dispose();
    }

    [Fact]
    public async Task TheAgentIsPutOnTheRigOnceUnderItsContentHash()
    {
        await _connection.ConnectAsync(null, default);
        var agent = Assert.Single(Directory.GetFiles(_root["bin"], "llmops-agent-*"));
        Assert.Matches("llmops-agent-[0-9a-f]{64}$", agent);
        File.SetLastWriteTimeUtc(agent, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        await using var second = Connect(new AgentCatalog(BuiltModule.Agents));
        await second.ConnectAsync(null, default);

        Assert.Equal(2026, File.GetLastWriteTimeUtc(Assert.Single(Directory.GetFiles(_root["bin"], "llmops-agent-*"))).Year);
        Assert.Equal(1, File.GetLastWriteTimeUtc(agent).Month);
    }

    [Fact]
    public async Task ThePlatformIsAskedOnceABootOfAMachineAndNotTakenFromAnother()
    {
        await _connection.ConnectAsync(null, default); // puts the agent there
        var remembered = _root["bin/.machine"];
        await File.WriteAllTextAsync(remembered, "another-boot/another-name plan9 0 .\n");
        await using var second = Connect(new AgentCatalog(BuiltModule.Agents));
        await second.ConnectAsync(null, default);
        var written = await File.ReadAllTextAsync(remembered);
        Assert.Matches(@"^[0-9a-f-]{36}/\S* linux-(x64|arm64) [0-9]{1,3} \.\n$", written);

        await File.WriteAllTextAsync(remembered, written.Replace("linux-", "plan9-", StringComparison.Ordinal));
        await using var third = Connect(new AgentCatalog(BuiltModule.Agents));
        Assert.Equal("RigPlatformUnsupported", (await Assert.ThrowsAsync<LlmOpsException>(() => third.ConnectAsync(null, default))).ErrorId);

        await File.WriteAllTextAsync(remembered, written[..^4]); // cut by a full disk
        await using var fourth = Connect(new AgentCatalog(BuiltModule.Agents));
        await fourth.ConnectAsync(null, default);
        Assert.Equal(written, await File.ReadAllTextAsync(remembered));
    }

    [Fact]
    public async Task AnUploadThatIsNotWhatItShouldBeIsNeverRun()
    {
        using var agents = new TemporaryFolder();
        Directory.CreateDirectory(agents["linux-x64"]);
        await File.WriteAllTextAsync(agents["linux-x64/llmops-agent"], "#!/bin/sh\nexit 0\n");
        var catalog = new AgentCatalog(agents.Path);
        _ = catalog.Binaries;
        await File.WriteAllTextAsync(agents["linux-x64/llmops-agent"], "#!/bin/sh\nexit 1\n");

        await using var connection = Connect(catalog);
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => connection.ConnectAsync(null, default));

        Assert.Equal("AgentUnusable", failure.ErrorId);
        Assert.Contains("damaged", failure.Message, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => Directory.GetFiles(_root["bin"]).Length == 0, "the upload is removed");
    }

    [Fact]
    public async Task ANewAgentReplacesAnOldOneThatNothingRuns()
    {
        Directory.CreateDirectory(_root["bin"]);
        var (old, recent) = (_root["bin/llmops-agent-old"], _root["bin/llmops-agent-recent"]);
        await File.WriteAllTextAsync(old, "");
        await File.WriteAllTextAsync(recent, "");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));

        await _connection.ConnectAsync(null, default);

        await Eventually.TrueAsync(() => !File.Exists(old), "the old agent is removed");
        Assert.True(File.Exists(recent));
    }

    [Fact]
    public async Task OutputArrivesAsItIsWrittenWithTheExitCode()
    {
        var text = new StringBuilder();
        var errors = new StringBuilder();
        var result = await RunAsync("echo one; echo two >&2; echo three; exit 7", part => (part.IsError ? errors : text).Append(Encoding.UTF8.GetString(part.Data)));
        Assert.Equal(7, result.ExitCode);
        Assert.Equal("one\nthree\n", text.ToString());
        Assert.Equal("two\n", errors.ToString());
    }

    [Fact]
    public async Task ManyRequestsRunAtOnceOverOneConnection()
    {
        // Each waits for all others to have started, so they only end if they run at the same time.
        var folder = _root["meeting"];
        Directory.CreateDirectory(folder);
        var command = $"touch {folder}/$$; until [ $(ls {folder} | wc -l) -ge 20 ]; do sleep 0.02; done";
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RunAsync(command)));
        Assert.All(results, result => Assert.Equal(0, result.ExitCode));
    }

    [Fact]
    public async Task ASlowReaderOfOneRequestDelaysNoOther()
    {
        using var release = new SemaphoreSlim(0);
        var flood = _connection.InvokeAsync(ExecOperations.Run, new ExecArgs("head -c 50000000 /dev/zero"), async _ => await release.WaitAsync(), default);
        var quick = await RunAsync("true").WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, quick.ExitCode);
        Assert.False(flood.IsCompleted);
        release.Release(int.MaxValue);
        Assert.Equal(0, (await flood).ExitCode);
    }

    [Fact]
    public async Task CancellingEndsTheWholeProcessGroupOnTheRig()
    {
        using var cancel = new CancellationTokenSource();
        var pids = new TaskCompletionSource<string>();
        var run = _connection.InvokeAsync(
            ExecOperations.Run,
            new ExecArgs("sleep 1000 & echo $! $$; wait"),
            part =>
            {
                pids.TrySetResult(Encoding.UTF8.GetString(part.Data));
                return ValueTask.CompletedTask;
            },
            cancel.Token);
        var started = (await pids.Task).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await Eventually.TrueAsync(() => started.All(pid => !ProcessTree.IsAlive(int.Parse(pid, CultureInfo.InvariantCulture))), "the whole group has ended");
    }

    [Fact]
    public async Task AKilledAgentFailsTheRequestAndTheNextOneConnectsAnew()
    {
        var running = RunAsync("kill -9 $PPID; sleep 5");
        var lost = await Assert.ThrowsAsync<RigConnectionLostException>(() => running);
        Assert.Equal("RigConnectionLost", lost.ErrorId);
        Assert.Equal(0, (await RunAsync("true")).ExitCode);
    }

    [Fact]
    public async Task WhatMayBeAskedTwiceIsJoinedAgainAfterALostConnection()
    {
        var marker = _root["marker"];
        var losses = new List<LlmOpsException>();
        var result = await _connection.JoinAsync(
            ExecOperations.Run, new ExecArgs($"[ -e {marker} ] || {{ touch {marker}; kill -9 $PPID; sleep 5; }}"), null,
            TimeSpan.FromSeconds(30), losses.Add, TimeProvider.System, default);
        Assert.Equal(0, result.ExitCode);
        Assert.Single(losses);
    }

    [Fact]
    public async Task TheAgentEndsWithItsConnection()
    {
        var pid = new StringBuilder();
        await RunAsync("echo $PPID", part => pid.Append(Encoding.UTF8.GetString(part.Data)));
        await _connection.DisposeAsync();
        await Eventually.TrueAsync(() => !ProcessTree.IsAlive(int.Parse(pid.ToString(), CultureInfo.InvariantCulture)), "the agent has ended");
    }

    private RigConnection Connect(AgentCatalog agents) => new(
        new GpuRig { Name = "here", Kind = RigKind.Local, Root = _root.Path, CreatedAt = DateTimeOffset.UnixEpoch },
        new RigLinkFactory(() => throw new InvalidOperationException("No SSH here."), TimeProvider.System), agents, TimeProvider.System);

    private Task<ExecResult> RunAsync(string command, Action<ExecOutput>? onOutput = null) =>
        _connection.InvokeAsync(
            ExecOperations.Run,
            new ExecArgs(command),
            part =>
            {
                onOutput?.Invoke(part);
                return ValueTask.CompletedTask;
            },
            default);
}
