namespace LlmOps.Engines;

/// <summary>Finds out by asking the engine when it becomes ready, and whether it stays so. It never waits: an answer counts when it is there.</summary>
internal sealed class EngineWatch : IDisposable
{
    private const int MissesAllowed = 2;

    private static readonly TimeSpan WhileLoading = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WhileUp = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WhileReady = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly EngineProbe _probe;
    private readonly TimeProvider _time;
    private Task<bool>? _asked;
    private long _askedAt;
    private int _misses;

    public EngineWatch(ServerSpec spec, string? apiKey, TimeProvider time)
    {
        _probe = new EngineProbe(spec.Port, spec.ServedModelName, apiKey);
        _time = time;
        _askedAt = time.GetTimestamp();
    }

    /// <summary>What is now known of the server.</summary>
    /// <param name="record">What was known.</param>
    /// <param name="isUp">True when the engine's log says that its HTTP server is up.</param>
    public ServerRecord Judge(ServerRecord record, bool isUp)
    {
        var wasReady = record.ReadyAt is not null;
        if (_asked is null)
        {
            var pause = wasReady ? WhileReady : isUp ? WhileUp : WhileLoading;
            if (_time.GetElapsedTime(_askedAt) < pause && !(isUp && !wasReady && _misses == 0)) return record;
            _askedAt = _time.GetTimestamp();
            _asked = wasReady ? _probe.IsHealthyAsync(_stop.Token) : _probe.IsReadyAsync(_stop.Token);
        }

        if (!_asked.IsCompleted) return record;
        var good = _asked is { IsCompletedSuccessfully: true, Result: true };
        _asked = null;
        _misses = good ? 0 : _misses + 1;
        if (!wasReady)
        {
            return good
                ? record with { State = LlmServerState.Ready, ReadyAt = _time.GetUtcNow(), Progress = new EngineProgress(EnginePhase.Ready, null) }
                : record;
        }

        return record with { State = good ? LlmServerState.Ready : _misses > MissesAllowed ? LlmServerState.Unhealthy : record.State };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _probe.Dispose();
        _stop.Dispose();
    }
}
