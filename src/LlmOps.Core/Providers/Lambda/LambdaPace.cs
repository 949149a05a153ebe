namespace LlmOps.Providers.Lambda;

/// <summary>Keeps launches twelve seconds apart, as Lambda asks for: counted from an answer to the next request, since a request may take long to arrive.</summary>
/// <param name="time">The clock.</param>
internal sealed class LambdaPace(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(12);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private DateTimeOffset _next;

    /// <summary>Launches when the last launch is long enough ago.</summary>
    /// <param name="launch">Asks for the machine.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<T> RunAsync<T>(Func<Task<T>> launch, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var now = time.GetUtcNow();
            if (_next > now) await Task.Delay(_next - now, time, cancel).ConfigureAwait(false);
            return await launch().ConfigureAwait(false);
        }
        finally
        {
            _next = time.GetUtcNow() + Interval;
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
