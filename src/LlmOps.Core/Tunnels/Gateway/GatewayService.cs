using System.Text;
using LlmOps.Chat;
using LlmOps.Rigs;

namespace LlmOps.Tunnels.Gateway;

/// <summary>
/// One address for several servers: each request goes to a server that has its model, by the fewest in flight. Every server is asked every few seconds
/// whether it answers, and those that do not are left out while another one has the model.
/// </summary>
internal sealed class GatewayService : ITunnelService
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(5);

    private readonly GatewayRoutes _routes;
    private readonly TunnelHistory _history;
    private readonly TunnelCounters _counters;
    private readonly ChatClient _chat;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _since;
    private readonly CancellationTokenSource _ending = new();
    private readonly HttpMessageInvoker _http;
    private readonly Task _checking;

    /// <summary>Takes over the tunnels to the servers.</summary>
    /// <param name="tunnels">One for each server.</param>
    /// <param name="chat">Asks the servers for their models.</param>
    /// <param name="history">Where it says what happens.</param>
    /// <param name="counters">Where connections and bytes are counted.</param>
    /// <param name="time">The clock.</param>
    public GatewayService(IReadOnlyList<LlmTunnel> tunnels, ChatClient chat, TunnelHistory history, TunnelCounters counters, TimeProvider time)
    {
        _routes = new GatewayRoutes([.. tunnels.Select(tunnel => new GatewayBackend(tunnel))]);
        _chat = chat;
        _history = history;
        _counters = counters;
        _time = time;
        _since = time.GetUtcNow();
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.Zero, // a server may close a kept connection just when a request is on its way, which would look as if it were gone
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        });
        _checking = Task.Run(CheckAsync);
    }

    public TimeSpan? RoundTrip => null;

    public IReadOnlyList<TunnelBackend> Backends => [.. _routes.Backends.Select(backend => backend.Figures)];

    public async Task<ClientOutcome> ServeAsync(SocketDuplexStream client, CancellationToken ending)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // a client whose request is here already would hold up the next one
        var connection = new GatewayConnection(client, _routes, _http, _counters, _since);
        await connection.RunAsync(ending).ConfigureAwait(false);
        return new ClientOutcome(IsClean: true, connection.Refusal);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _checking.ConfigureAwait(false);
        foreach (var backend in _routes.Backends) await backend.DisposeAsync().ConfigureAwait(false);
        _http.Dispose();
    }

    private async Task CheckAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            await Task.WhenAll(_routes.Backends.Select(CheckAsync)).ConfigureAwait(false);
            if (_ending.IsCancellationRequested) return;
            var anyAnswers = _routes.Backends.Any(backend => backend.IsHealthy);
            if (anyAnswers) _history.Change(TunnelState.Open, "A server answers.");
            else _history.Change(TunnelState.Reconnecting, "No server answers.");
            await Task.Delay(CheckInterval, _time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CheckAsync(GatewayBackend backend)
    {
        var before = backend.IsHealthy;
        await backend.CheckAsync(_chat, CheckLimit, _time, _ending.Token).ConfigureAwait(false);
        if (backend.IsHealthy == before || _ending.IsCancellationRequested) return;
        if (backend.IsHealthy) _counters.Reconnected();
        _history.Note($"Server '{backend.Name}' {(backend.IsHealthy ? "answers again" : "does not answer")}.");
    }
}
