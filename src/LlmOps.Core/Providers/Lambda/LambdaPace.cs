namespace LlmOps.Providers.Lambda;

/// <summary>Keeps launches twelve seconds apart, as Lambda asks for.</summary>
/// <param name="time">The clock.</param>
internal sealed class LambdaPace(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(12);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private DateTimeOffset _next;

    /// <summary>Waits until the next launch may be asked for.</summary>
    /// <param name="cancel">Ends the wait.</param>
    public async Task EnterAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var now = time.GetUtcNow();
            if (_next > now) await Task.Delay(_next - now, time, cancel).ConfigureAwait(false);
            _next = time.GetUtcNow() + Interval;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
