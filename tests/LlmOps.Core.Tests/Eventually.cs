namespace LlmOps.Core.Tests;

/// <summary>Waits for a condition, and says which one never came.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

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
