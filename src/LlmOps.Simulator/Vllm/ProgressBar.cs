using System.Globalization;

namespace LlmOps.Simulator.Vllm;

/// <summary>Progress bars as tqdm draws them.</summary>
internal static class ProgressBar
{
    /// <summary>The bar of vLLM's weight loader.</summary>
    public static string Shards(int done, int count, double seconds)
    {
        var rate = done == 0 ? "?it/s" : string.Create(CultureInfo.InvariantCulture, $"{seconds / done:0.00}s/it");
        var left = done == 0 ? "?" : Clock(seconds / done * (count - done));
        return string.Create(CultureInfo.InvariantCulture, $"Loading safetensors checkpoint shards: {100 * done / count,3}% Completed | {done}/{count} [{Clock(seconds)}<{left}, {rate}]");
    }

    public static string Of(string title, int done, int count, double seconds)
    {
        var bar = new string('█', 10 * done / count).PadRight(10);
        var rate = done == 0 ? "?it/s" : string.Create(CultureInfo.InvariantCulture, $"{done / Math.Max(seconds, 0.01):0.00}it/s");
        return string.Create(CultureInfo.InvariantCulture, $"{title}: {100 * done / count,3}%|{bar}| {done}/{count} [{Clock(seconds)}<{(done == 0 ? "?" : Clock(seconds / done * (count - done)))}, {rate}]");
    }

    private static string Clock(double seconds) => TimeSpan.FromSeconds(seconds).ToString(@"mm\:ss", CultureInfo.InvariantCulture);
}
