namespace LlmOps.Testing;

/// <summary>Waits for a condition instead of sleeping for luck, and says which one never came.</summary>
internal static class Eventually
{
    // Long, because these machines may be small and busy; nobody waits for it where the condition holds.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Returns when the condition holds; fails after a minute.</summary>
    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"It never came to be that {what}.");
            await Task.Delay(10);
        }
    }
}
