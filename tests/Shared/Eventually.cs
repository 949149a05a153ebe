namespace LlmOps.Testing;

/// <summary>Waits for a condition instead of sleeping for luck.</summary>
internal static class Eventually
{
    /// <summary>Returns when the condition holds; fails after the limit.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="limit">30 s by default: these machines are small and busy.</param>
    public static async Task TrueAsync(Func<bool> condition, TimeSpan? limit = null)
    {
        using var expired = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(30));
        while (!condition())
        {
            if (expired.IsCancellationRequested) throw new TimeoutException("The condition did not come true.");
            await Task.Delay(20);
        }
    }
}
