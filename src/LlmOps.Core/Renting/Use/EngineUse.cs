using LlmOps.Engines;

namespace LlmOps.Renting;

/// <summary>The engines' use: servers that start, requests that run or wait, and tokens that were made since the last look.</summary>
/// <param name="servers">Gives the servers of this machine.</param>
/// <param name="time">The clock.</param>
internal sealed class EngineUse(Func<CancellationToken, Task<IReadOnlyList<LlmServer>>> servers, TimeProvider time) : IRigUseSensor, IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestStart = TimeSpan.FromHours(1); // one that hangs is no use

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = AnswerLimit };
    private readonly Dictionary<string, double> _counted = [];

    /// <inheritdoc/>
    public async Task<RigUse> ReadAsync(CancellationToken cancel)
    {
        var use = RigUse.None;
        foreach (var server in await servers(cancel).ConfigureAwait(false))
            if (await UseOfAsync(server, cancel).ConfigureAwait(false) is { } by) use = new RigUse(by);
        return use;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<string?> UseOfAsync(LlmServer server, CancellationToken cancel)
    {
        switch (server.State)
        {
            case LlmServerState.Starting or LlmServerState.Stopping:
                return time.GetUtcNow() - server.StartedAt < LongestStart ? $"{server.Name} is {server.State.ToString().ToLowerInvariant()}" : null;
            case LlmServerState.Stopped or LlmServerState.Failed:
                return null;
        }

        EngineMetrics metrics;
        try
        {
            metrics = EngineMetrics.Parse(await _http.GetStringAsync(new Uri($"http://127.0.0.1:{server.Port}/metrics"), cancel).ConfigureAwait(false));
        }
        catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return $"{server.Name} does not say"; // it may be too busy to
        }

        var key = $"{server.Name} {server.StartedAt.Ticks}";
        var isNew = !_counted.TryGetValue(key, out var before);
        _counted[key] = metrics.Done;
        if (metrics.Requests > 0) return $"{metrics.Requests:0} requests at {server.Name}";
        return isNew || metrics.Done != before ? $"{server.Name} has answered" : null;
    }
}
