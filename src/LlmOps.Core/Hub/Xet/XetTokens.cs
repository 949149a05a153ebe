namespace LlmOps.Hub.Xet;

/// <summary>The token of one download: asked for once by all connections together, and again a minute before it ends or when the storage refuses it.</summary>
internal sealed class XetTokens(HubClient client, string commit, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _asking = new(1);
    private XetToken? _token;

    /// <summary>A token that is good for a while.</summary>
    /// <param name="refused">One that the storage no longer takes, or null.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="HubTransientException">The Hub failed in a way that may pass.</exception>
    /// <exception cref="LlmOpsException">The Hub refuses.</exception>
    public async Task<XetToken> GetAsync(XetToken? refused, CancellationToken cancel)
    {
        if (Known(refused) is { } known) return known;
        await _asking.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return Known(refused) ?? (_token = await client.GetXetTokenAsync(commit, cancel).ConfigureAwait(false));
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private XetToken? Known(XetToken? refused) => _token is { } token && token != refused && token.Expires - time.GetUtcNow() > Margin ? token : null;
}
