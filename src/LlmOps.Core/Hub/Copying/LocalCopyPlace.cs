namespace LlmOps.Hub.Copying;

/// <summary>This machine's cache.</summary>
/// <param name="environment">Says where it is.</param>
public sealed class LocalCopyPlace(HubEnvironment environment) : ICopyPlace
{
    /// <inheritdoc/>
    public string Name => "this machine";

    /// <inheritdoc/>
    public Task<CopyListing> ListAsync(CopyRequest request, CancellationToken cancel) => Task.FromResult(new CachedCopy(request, environment).List(null));

    /// <inheritdoc/>
    public Task<CopyPlan> PlanAsync(CopyWish wish, CancellationToken cancel) => Task.FromResult(new CachedCopy(wish.Request, environment).Plan(wish.Listing, null));

    /// <inheritdoc/>
    public Task<HfModel> EndAsync(CopyWish wish, CancellationToken cancel) => Task.FromResult(new CachedCopy(wish.Request, environment).End(wish.Listing));

    /// <inheritdoc/>
    public ICopyReader OpenReader(string? agent) => new Reader(environment);

    /// <inheritdoc/>
    public ICopyWriter OpenWriter(string? agent) => new Writer(environment);

    private sealed class Reader(HubEnvironment environment) : ICopyReader
    {
        private FileStream? _open;

        public async Task<Stream> OpenAsync(CopyItem item, CancellationToken cancel)
        {
            await DisposeAsync().ConfigureAwait(false);
            return _open = new CachedCopy(item.Request, environment).OpenRead(item);
        }

        public ValueTask DisposeAsync() => _open?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private sealed class Writer(HubEnvironment environment) : ICopyWriter
    {
        public Task WriteAsync(CopyItem item, Func<long, CancellationToken, Task<Stream>> open, Action<long> moved, CancellationToken cancel) =>
            FileReceiver.ReceiveAsync(new CachedCopy(item.Request, environment), item, open, moved, cancel);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
