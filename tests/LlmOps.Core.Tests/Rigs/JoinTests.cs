using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;
using Microsoft.Extensions.Time.Testing;

namespace LlmOps.Core.Tests.Rigs;

/// <summary>What is asked again when a rig goes out of reach, and for how long. The clock is the test's.</summary>
public sealed class JoinTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task PatienceCountsFromTheLossAndNotFromTheLastNews()
    {
        var rig = new ScriptedConnection(
            () => Lost(after: TimeSpan.FromHours(1)), // an hour without a word, as a long installation has
            Refused, Refused, () => new ExecResult(7));

        Assert.Equal(7, (await JoinAsync(rig)).ExitCode);
        Assert.Equal(4, rig.Calls);
    }

    [Fact]
    public async Task ARigThatStaysAwayIsGivenUpWhenPatienceEnds()
    {
        var began = _time.GetUtcNow();
        var rig = new ScriptedConnection(() => Lost(), Refused);

        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => JoinAsync(rig));

        Assert.Equal("ConnectionRefused", failure.ErrorId);
        Assert.InRange(_time.GetUtcNow() - began, Patience, Patience * 2);
    }

    [Fact]
    public async Task ATimeoutOfTheOperationItselfIsItsResult()
    {
        var rig = new ScriptedConnection(() => throw AgentFault.From(GpuErrors.QueryTimeout("nvidia-smi", TimeSpan.FromSeconds(5))).ToException());

        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => JoinAsync(rig));

        Assert.Equal(ErrorKind.OperationTimeout, failure.Kind);
        Assert.Equal(1, rig.Calls);
    }

    [Theory]
    [InlineData("ConnectTimeout")]
    [InlineData("HostNotResolved")]
    [InlineData("AgentUnusable")]
    public async Task WhateverARigAnswersOnItsWayBackIsWaitedOut(string id)
    {
        LlmOpsException[] failures = [SshErrors.ConnectTimeout("h", 22, Patience), SshErrors.HostNotResolved("h"), RigErrors.AgentUnusable("box", "its shell ended")];
        var rig = new ScriptedConnection(() => Lost(), () => throw failures.Single(failure => failure.ErrorId == id), () => new ExecResult(0));

        await JoinAsync(rig);

        Assert.Equal(3, rig.Calls);
    }

    [Fact]
    public async Task AChangedHostKeyIsNotWaitedOut()
    {
        var rig = new ScriptedConnection(() => Lost(), () => throw SshErrors.HostKeyChanged("h", "ssh-ed25519", "a", "b", "known_hosts", 1));

        Assert.Equal("HostKeyChanged", (await Assert.ThrowsAsync<LlmOpsException>(() => JoinAsync(rig))).ErrorId);
        Assert.Equal(2, rig.Calls);
    }

    [Fact]
    public async Task ARigThatWasNeverReachedFailsAtOnce()
    {
        var rig = new ScriptedConnection(Refused) { HasConnected = false };

        Assert.Equal("ConnectionRefused", (await Assert.ThrowsAsync<LlmOpsException>(() => JoinAsync(rig))).ErrorId);
        Assert.Equal(1, rig.Calls);
    }

    [Fact]
    public async Task AnAgentThatDiesOfTheRequestEachTimeIsNotAskedForEver()
    {
        var rig = new ScriptedConnection(() => Lost(after: TimeSpan.FromSeconds(1)));

        await Assert.ThrowsAsync<RigConnectionLostException>(() => JoinAsync(rig));
    }

    [Theory]
    [InlineData(true, "HubUnreachable")]
    [InlineData(false, "RigVanished")]
    public async Task OnlyARigThatIsAwayHasVanished(bool isFromRig, string id)
    {
        var failure = HubErrors.Unreachable(new Uri("https://hub.example"), "no route", new IOException());
        var rig = new ScriptedConnection(() => Lost(), () => throw (isFromRig ? AgentFault.From(failure).ToException() : failure));
        var patient = new PatientConnection(rig, Patience, null, _time);

        var thrown = await Assert.ThrowsAsync<LlmOpsException>(() => WhileTimePassesAsync(() => patient.JoinAsync(ExecOperations.Run, new ExecArgs(""), null, default)));

        Assert.Equal(id, thrown.ErrorId);
    }

    private static ExecResult Refused() => throw SshErrors.ConnectionRefused("h", 22);

    private ExecResult Lost(TimeSpan after = default)
    {
        _time.Advance(after);
        throw RigErrors.ConnectionLost("box");
    }

    private Task<ExecResult> JoinAsync(ScriptedConnection rig) =>
        WhileTimePassesAsync(() => rig.JoinAsync(ExecOperations.Run, new ExecArgs(""), null, Patience, null, _time, default));

    // Away from the test's own synchronization context all of it runs on one thread: what waits goes on inside Advance.
    private Task<ExecResult> WhileTimePassesAsync(Func<Task<ExecResult>> join) => Task.Run(async () =>
    {
        var joining = join();
        while (!joining.IsCompleted) _time.Advance(TimeSpan.FromMilliseconds(100));
        return await joining;
    });

    /// <summary>Answers each call with the next step, and from then on with the last.</summary>
    private sealed class ScriptedConnection(params Func<ExecResult>[] steps) : IRigConnection
    {
        public int Calls { get; private set; }

        public GpuRig Rig { get; } = new() { Name = "box", Kind = RigKind.Ssh, CreatedAt = DateTimeOffset.UnixEpoch };

        public bool HasConnected { get; init; } = true;

        public Task ConnectAsync(IConnectQuestions? questions, CancellationToken cancel) => Task.CompletedTask;

        public async Task<TResult> InvokeAsync<TArgs, TEvent, TResult>(
            AgentOperation<TArgs, TEvent, TResult> operation, TArgs args, Func<TEvent, ValueTask>? onEvent, CancellationToken cancel)
        {
            await Task.CompletedTask;
            return (TResult)(object)steps[Math.Min(Calls++, steps.Length - 1)]();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
