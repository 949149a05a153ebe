using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using Microsoft.Extensions.Time.Testing;

namespace LlmOps.Core.Tests.Protocol;

/// <summary>Both ends of the protocol, joined by two pipes, with a clock that the test moves.</summary>
public sealed class AgentProtocolTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Pipe _up = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly Pipe _down = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly AgentServer _server;
    private readonly AgentClient _client;
    private Task _serving = Task.CompletedTask;

    public AgentProtocolTests()
    {
        _server = new AgentServer(_down.Reader.AsStream(), _up.Writer.AsStream(), _time);
        _client = new AgentClient(_up.Reader.AsStream(), _down.Writer.AsStream(), "box", _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _serving;
    }

    [Fact]
    public async Task AFailureCrossesWithItsIdKindMessageAndRemedy()
    {
        Serve((_, _, _) => throw RigErrors.NotFound("x"));
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => AskAsync());
        Assert.Equal(("RigNotFound", ErrorKind.ObjectNotFound, "x"), (failure.ErrorId, failure.Kind, failure.Target));
        Assert.True(failure.IsFromRig);
        Assert.Equal(RigErrors.NotFound("x").RecommendedAction, failure.RecommendedAction);
    }

    [Fact]
    public async Task AnOperationThatTheAgentHasNotGotIsNamed()
    {
        Serve();
        var unknown = ExecOperations.Run with { Name = "exec.unknown" };
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => _client.InvokeAsync(unknown, new ExecArgs(""), null, default));
        Assert.Equal("AgentOperationUnknown", failure.ErrorId);
    }

    [Fact]
    public async Task TheSenderWaitsForAReceiverThatIsBehind()
    {
        var sent = 0;
        using var release = new SemaphoreSlim(0);
        Serve(async (_, request, cancel) =>
        {
            for (; sent < 1000; sent++) await request.SendAsync(new ExecOutput([1], false), cancel);
            return new ExecResult(0);
        });
        var running = AskAsync(async _ => await release.WaitAsync());
        await Eventually.TrueAsync(() => Volatile.Read(ref sent) == AgentProtocol.EventWindow, "the window is full");
        Assert.False(running.IsCompleted);
        release.Release(1000);
        await running;
        Assert.Equal(1000, sent);
    }

    [Fact]
    public async Task CancellingTellsTheOperationThatTheClientWantsItNoMore()
    {
        var told = new TaskCompletionSource();
        Serve(async (_, request, cancel) =>
        {
            request.ClientCancelled.Register(told.SetResult);
            await Task.Delay(Timeout.Infinite, cancel);
            return new ExecResult(0);
        });
        using var cancel = new CancellationTokenSource();
        var running = AskAsync(null, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await told.Task;
    }

    [Fact]
    public async Task AClientThatIsGoneEndsTheRequestButHasNotCancelledIt()
    {
        var ended = new TaskCompletionSource<bool>();
        Serve(async (_, request, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.SetResult(request.ClientCancelled.IsCancellationRequested);
            return new ExecResult(0);
        });
        var running = AskAsync();
        await _client.DisposeAsync();
        await Assert.ThrowsAsync<RigConnectionLostException>(() => running);
        Assert.False(await ended.Task);
    }

    [Fact]
    public async Task SilenceOfFifteenSecondsIsADeadPeer()
    {
        // Nobody serves: the other side is connected and says nothing, as SSH does for a machine that is gone.
        var running = AskAsync();
        await AdvanceAsync(AgentProtocol.SilenceLimit - TimeSpan.FromSeconds(1));
        Assert.False(_client.Lost.IsCancellationRequested);
        await AdvanceAsync(AgentProtocol.BeatInterval + TimeSpan.FromSeconds(1));
        var lost = await Assert.ThrowsAsync<RigConnectionLostException>(() => running);
        Assert.Contains("15 s", lost.Message, StringComparison.Ordinal);
        Assert.Equal("box", lost.Target);
    }

    [Fact]
    public async Task AnIdleConnectionIsKeptByHeartbeats()
    {
        Serve();
        await AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.False(_client.Lost.IsCancellationRequested);
        Assert.Equal(3, (await AskAsync()).ExitCode);
    }

    [Fact]
    public async Task WhatIsNoMessageIsPassedOver()
    {
        Serve();
        await _up.Writer.WriteAsync(Encoding.UTF8.GetBytes("Welcome to Ubuntu!\n\n{\"id\": \"text\"}\n{]\n[1,2]\nnull\n"));
        Assert.Equal(3, (await AskAsync()).ExitCode);
    }

    [Fact]
    public async Task NoBytesMakeTheReaderCrash()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var bytes = new byte[random.Next(400)];
            for (var i = 0; i < bytes.Length; i++) bytes[i] = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)"{}[]\":,\n\\idopx1eE-.tru"[random.Next(21)];
            var lines = new AgentLineStream(new MemoryStream(bytes), Stream.Null);
            while (await lines.ReadAsync(default) is not null)
            {
            }
        }
    }

    [Fact]
    public async Task AMessageWithoutEndIsRefusedInsteadOfFillingTheMemory()
    {
        var lines = new AgentLineStream(new MemoryStream(new byte[AgentProtocol.MaxMessageLength + 1024]), Stream.Null);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await lines.ReadAsync(default));
    }

    private void Serve(Func<ExecArgs, IAgentRequest<ExecOutput>, CancellationToken, Task<ExecResult>>? handler = null)
    {
        _server.Register(ExecOperations.Run, handler ?? ((_, _, _) => Task.FromResult(new ExecResult(3))));
        _serving = _server.RunAsync(default);
    }

    private Task<ExecResult> AskAsync(Func<ExecOutput, ValueTask>? onEvent = null, CancellationToken cancel = default) =>
        _client.InvokeAsync(ExecOperations.Run, new ExecArgs("text"), onEvent, cancel);

    private async Task AdvanceAsync(TimeSpan by)
    {
        for (var passed = TimeSpan.Zero; passed < by; passed += TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5); // lets what the clock has set off happen before it moves on
        }
    }
}
