using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;

namespace LlmOps.Protocol;

/// <summary>The workstation's end of the agent's protocol: many requests at once over one pair of streams, heart-beaten and cancellable.</summary>
public sealed class AgentClient : IAsyncDisposable
{
    private static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(2);

    private readonly AgentLineStream _lines;
    private readonly TimeProvider _time;
    private readonly string _rig;
    private readonly ConcurrentDictionary<long, PendingRequest> _pending = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _reading;
    private readonly ITimer _beat;
    private long _lastId;
    private long _lastHeard;
    private Exception? _reason;

    /// <summary>Starts to talk to an agent.</summary>
    /// <param name="input">What the agent writes: its standard output.</param>
    /// <param name="output">What the agent reads: its standard input.</param>
    /// <param name="rig">The rig's name, for errors.</param>
    /// <param name="time">The clock of the heartbeat.</param>
    public AgentClient(Stream input, Stream output, string rig, TimeProvider time)
    {
        _lines = new AgentLineStream(input, output);
        _rig = rig;
        _time = time;
        _lastHeard = time.GetTimestamp();
        _beat = time.CreateTimer(_ => Beat(), null, AgentProtocol.BeatInterval, AgentProtocol.BeatInterval);
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Is cancelled when the agent can no longer be reached.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Runs an operation on the rig and returns its result.</summary>
    /// <typeparam name="TArgs">What it takes.</typeparam>
    /// <typeparam name="TEvent">What it reports.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="operation">The operation.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="onEvent">Called with each event, in order, on the caller's synchronization context; a slow one slows the sender and no other request.</param>
    /// <param name="cancel">Ends the operation on the rig too.</param>
    /// <exception cref="RigConnectionLostException">The agent can no longer be reached.</exception>
    /// <exception cref="LlmOpsException">The operation failed on the rig.</exception>
    public async Task<TResult> InvokeAsync<TArgs, TEvent, TResult>(
        AgentOperation<TArgs, TEvent, TResult> operation, TArgs args, Func<TEvent, ValueTask>? onEvent, CancellationToken cancel)
    {
        var id = Interlocked.Increment(ref _lastId);
        var request = new PendingRequest();
        _pending[id] = request;
        try
        {
            await SendAsync(new AgentMessage { Id = id, Op = operation.Name, Args = JsonSerializer.SerializeToElement(args, operation.Args) }, cancel).ConfigureAwait(true);
            using var stop = cancel.Register(() => _ = CancelRemoteAsync(id, request));
            var taken = 0;
            await foreach (var item in request.Events.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(true))
            {
                if (onEvent is not null && !cancel.IsCancellationRequested) await onEvent(item.Deserialize(operation.Event)!).ConfigureAwait(true);
                if (++taken < AgentProtocol.EventWindow / 4) continue;
                await SendAsync(new AgentMessage { Id = id, Ack = taken }, CancellationToken.None).ConfigureAwait(true);
                taken = 0;
            }

            cancel.ThrowIfCancellationRequested();
            var result = await request.Result.Task.ConfigureAwait(true);
            return result.Deserialize(operation.Result)!;
        }
        catch (Exception) when (!cancel.IsCancellationRequested && !request.Result.Task.IsCompleted)
        {
            // The caller's own handler failed: what runs on the rig for it must not go on.
            _ = CancelRemoteAsync(id, request);
            throw;
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    /// <summary>Ends the conversation; the agent ends when its standard input does.</summary>
    public async ValueTask DisposeAsync()
    {
        Fail(null);
        await _lines.DisposeAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _beat.DisposeAsync().ConfigureAwait(false);
    }

    private async Task SendAsync(AgentMessage message, CancellationToken cancel)
    {
        if (_lost.IsCancellationRequested) throw RigErrors.ConnectionLost(_rig, _reason);
        try
        {
            await _lines.WriteAsync(message, cancel).WaitAsync(_lost.Token).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException || (broken is OperationCanceledException && _lost.IsCancellationRequested))
        {
            Fail(broken is OperationCanceledException ? _reason : broken);
            throw RigErrors.ConnectionLost(_rig, _reason);
        }
    }

    private async Task CancelRemoteAsync(long id, PendingRequest request)
    {
        try
        {
            await SendAsync(new AgentMessage { Id = id, Cancel = true }, CancellationToken.None).ConfigureAwait(false);
            await ((Task)request.Result.Task).WaitAsync(CancelGrace, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (LlmOpsException)
        {
        }

        request.Fail(new OperationCanceledException());
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _lines.ReadAsync(_lost.Token).ConfigureAwait(false) is { } message)
            {
                Interlocked.Exchange(ref _lastHeard, _time.GetTimestamp());
                if (message.Id is not { } id || !_pending.TryGetValue(id, out var request)) continue;
                if (message.Event is { } item) request.Events.Writer.TryWrite(item);
                else if (message.Result is { } result) request.Succeed(result);
                else if (message.Error is { } fault) request.Fail(fault.ToException());
            }

            Fail(new EndOfStreamException("The agent ended."));
        }
        catch (Exception broken)
        {
            Fail(broken);
        }
    }

    private void Beat()
    {
        if (_time.GetElapsedTime(Interlocked.Read(ref _lastHeard)) > AgentProtocol.SilenceLimit)
            Fail(new TimeoutException($"Nothing was heard for {AgentProtocol.SilenceLimit.TotalSeconds:0} s."));
        else if (!_lost.IsCancellationRequested)
            _ = SendAsync(new AgentMessage { Beat = true }, CancellationToken.None).ContinueWith(static sent => sent.Exception, TaskScheduler.Default);
    }

    private void Fail(Exception? reason)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        if (!_lost.IsCancellationRequested) _lost.Cancel();
        foreach (var request in _pending.Values) request.Fail(RigErrors.ConnectionLost(_rig, _reason));
    }

    private sealed class PendingRequest
    {
        public Channel<JsonElement> Events { get; } = Channel.CreateUnbounded<JsonElement>(new UnboundedChannelOptions { SingleReader = true });

        public TaskCompletionSource<JsonElement> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Succeed(JsonElement result)
        {
            Result.TrySetResult(result);
            Events.Writer.TryComplete();
        }

        public void Fail(Exception exception)
        {
            Result.TrySetException(exception);
            _ = Result.Task.Exception;
            Events.Writer.TryComplete();
        }
    }
}
