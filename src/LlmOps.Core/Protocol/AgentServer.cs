using System.Collections.Concurrent;
using System.Text.Json;

namespace LlmOps.Protocol;

/// <summary>The rig's end of the agent's protocol: runs the operations that were registered, many at once, until its input ends or the peer falls silent.</summary>
public sealed class AgentServer
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Func<JsonElement?, RunningRequest, Task<JsonElement>>> _operations = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, RunningRequest> _running = new();
    private readonly AgentLineStream _lines;
    private readonly TimeProvider _time;
    private readonly Func<string, IDisposable?> _begin;
    private long _lastHeard;

    /// <summary>Prepares to serve one client.</summary>
    /// <param name="input">What the client writes.</param>
    /// <param name="output">What the client reads.</param>
    /// <param name="time">The clock of the heartbeat.</param>
    /// <param name="begin">Told the operation of every request as it begins; what it returns is disposed of when the request is over. Null tells nobody.</param>
    public AgentServer(Stream input, Stream output, TimeProvider time, Func<string, IDisposable?>? begin = null)
    {
        _begin = begin ?? (static _ => null);
        _lines = new AgentLineStream(input, output);
        _time = time;
    }

    /// <summary>Makes an operation available.</summary>
    /// <typeparam name="TArgs">What it takes.</typeparam>
    /// <typeparam name="TEvent">What it reports.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="operation">The operation.</param>
    /// <param name="handler">What it does. Its token is cancelled when the client cancels or is gone.</param>
    public void Register<TArgs, TEvent, TResult>(
        AgentOperation<TArgs, TEvent, TResult> operation, Func<TArgs, IAgentRequest<TEvent>, CancellationToken, Task<TResult>> handler) =>
        _operations.Add(operation.Name, async (json, request) =>
        {
            var args = json is { } given ? given.Deserialize(operation.Args)! : throw new JsonException($"'{operation.Name}' came without arguments.");
            var typed = new TypedRequest<TEvent>(request.ClientCancelled, item => request.SendAsync(_lines, JsonSerializer.SerializeToElement(item, operation.Event)));
            var result = await handler(args, typed, request.Cancelled).ConfigureAwait(false);
            return JsonSerializer.SerializeToElement(result, operation.Result);
        });

    /// <summary>Serves until the input ends, the client is silent for <see cref="AgentProtocol.SilenceLimit"/>, or the token is cancelled.</summary>
    /// <param name="cancel">Ends the serving.</param>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Interlocked.Exchange(ref _lastHeard, _time.GetTimestamp());
        await using var beat = _time.CreateTimer(_ => Beat(stop), null, AgentProtocol.BeatInterval, AgentProtocol.BeatInterval).ConfigureAwait(false);
        try
        {
            while (await _lines.ReadAsync(stop.Token).ConfigureAwait(false) is { } message)
            {
                Interlocked.Exchange(ref _lastHeard, _time.GetTimestamp());
                Dispatch(message);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
        }

        foreach (var request in _running.Values) request.Cancel(byClient: false);
        await Task.WhenAll(_running.Values.Select(request => request.Completion)).WaitAsync(StopGrace, _time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Dispatch(AgentMessage message)
    {
        if (message.Id is not { } id) return;
        if (message.Op is { } name)
        {
            var request = new RunningRequest(id);
            if (!_running.TryAdd(id, request)) return;
            request.Completion = Task.Run(() => ServeAsync(name, message.Args, request));
        }
        else if (_running.TryGetValue(id, out var request))
        {
            if (message.Cancel == true) request.Cancel(byClient: true);
            if (message.Ack is int taken and > 0) request.Acknowledge(taken);
        }
    }

    private async Task ServeAsync(string name, JsonElement? args, RunningRequest request)
    {
        AgentMessage answer;
        try
        {
            if (!_operations.TryGetValue(name, out var operation))
                throw AgentErrors.OperationUnknown(name);
            using var begun = _begin(name);
            answer = new AgentMessage { Id = request.Id, Result = await operation(args, request).ConfigureAwait(false) };
        }
        catch (Exception failure)
        {
            answer = new AgentMessage { Id = request.Id, Error = AgentFault.From(failure) };
        }

        _running.TryRemove(request.Id, out _);
        try
        {
            await _lines.WriteAsync(answer, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
        }

        request.Dispose();
    }

    private void Beat(CancellationTokenSource stop)
    {
        if (_time.GetElapsedTime(Interlocked.Read(ref _lastHeard)) > AgentProtocol.SilenceLimit) stop.Cancel();
        else _ = _lines.WriteAsync(new AgentMessage { Beat = true }, CancellationToken.None).ContinueWith(static sent => sent.Exception, TaskScheduler.Default);
    }

    private sealed class TypedRequest<TEvent>(CancellationToken clientCancelled, Func<TEvent, Task> send) : IAgentRequest<TEvent>
    {
        public CancellationToken ClientCancelled => clientCancelled;

        public async ValueTask SendAsync(TEvent item, CancellationToken cancel) => await send(item).WaitAsync(cancel).ConfigureAwait(false);
    }

    private sealed class RunningRequest(long id) : IDisposable
    {
        private readonly CancellationTokenSource _cancel = new();
        private readonly CancellationTokenSource _byClient = new();
        private readonly SemaphoreSlim _window = new(AgentProtocol.EventWindow);

        public long Id => id;

        public Task Completion { get; set; } = Task.CompletedTask;

        public CancellationToken Cancelled => _cancel.Token;

        public CancellationToken ClientCancelled => _byClient.Token;

        public void Cancel(bool byClient)
        {
            try
            {
                if (byClient) _byClient.Cancel();
                _cancel.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended at this very moment.
            }
        }

        public void Acknowledge(int taken) => _window.Release(Math.Min(taken, AgentProtocol.EventWindow - _window.CurrentCount));

        public async Task SendAsync(AgentLineStream lines, JsonElement item)
        {
            await _window.WaitAsync(_cancel.Token).ConfigureAwait(false);
            await lines.WriteAsync(new AgentMessage { Id = id, Event = item }, CancellationToken.None).ConfigureAwait(false);
        }

        public void Dispose()
        {
            _cancel.Dispose();
            _byClient.Dispose();
        }
    }
}
