using System.Security;
using LlmOps.Chat;
using LlmOps.State;

namespace LlmOps.Tunnels.Gateway;

/// <summary>One server behind a gateway, reached through a tunnel of its own.</summary>
/// <param name="tunnel">The tunnel; it belongs to the backend from now on.</param>
internal sealed class GatewayBackend(LlmTunnel tunnel) : IAsyncDisposable
{
    private readonly Uri _base = new(tunnel.Uri.GetLeftPart(UriPartial.Authority));
    private int _inFlight;
    private long _requests;
    private volatile bool _answers = true;
    private volatile IReadOnlyList<string> _models = tunnel.Model is { } model ? [model] : [];

    public string Name => tunnel.Server ?? tunnel.Name;

    public IReadOnlyList<string> Models => _models;

    public bool IsHealthy => _answers && tunnel.State == TunnelState.Open;

    public int InFlight => Volatile.Read(ref _inFlight);

    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>The key that the server asks for, or null.</summary>
    public SecureString? Key { get; } = tunnel.GetApiKey();

    public TunnelBackend Figures => new() { Server = Name, Rig = tunnel.Rig, Models = Models, IsHealthy = IsHealthy, InFlight = InFlight, Requests = Requests };

    /// <summary>Where a request goes on its way to the server.</summary>
    /// <param name="target">Its path and query.</param>
    public Uri AddressOf(string target) => new(_base, target);

    public void Begin()
    {
        Interlocked.Increment(ref _inFlight);
        Interlocked.Increment(ref _requests);
    }

    public void End() => Interlocked.Decrement(ref _inFlight);

    /// <summary>It did not answer a request: none is sent there until it has answered a check.</summary>
    public void Failed() => _answers = false;

    /// <summary>True if a key is the one that this server asks for.</summary>
    /// <param name="key">The key.</param>
    public bool AsksFor(string key) => Key is not null && SecureText.AreEqual(Key, key);

    /// <summary>Asks it for its models.</summary>
    public async Task CheckAsync(ChatClient client, TimeSpan limit, TimeProvider time, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        try
        {
            _models = await client.ListModelsAsync(new ChatEndpoint(tunnel), either.Token).ConfigureAwait(false);
            _answers = true;
        }
        catch (Exception away) when (away is LlmOpsException or OperationCanceledException)
        {
            _answers = false;
        }
    }

    public ValueTask DisposeAsync() => tunnel.DisposeAsync();
}
