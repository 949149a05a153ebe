using System.Globalization;
using LlmOps.Processes;

namespace LlmOps.Engines;

/// <summary>Waits until processes that have ended hold no GPU memory any more: the driver frees it a moment after they are gone.</summary>
internal static class GpuHolders
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits for 30 s at the most; where there is no nvidia-smi there is nothing to wait for.</summary>
    /// <param name="pids">The processes that have ended.</param>
    /// <param name="time">The clock.</param>
    public static async Task WaitUntilFreeAsync(IReadOnlyCollection<int> pids, TimeProvider time)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < Limit && (await ListAsync().ConfigureAwait(false)).Any(pids.Contains))
            await Task.Delay(Poll, time).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<int>> ListAsync()
    {
        try
        {
            var query = new ProcessStart { FileName = "nvidia-smi", Arguments = ["--query-compute-apps=pid", "--format=csv,noheader,nounits"] };
            var answer = await CapturedProcess.RunAsync(query, null, CancellationToken.None).ConfigureAwait(false);
            return [.. answer.Output.Split('\n').Select(line => int.TryParse(line, CultureInfo.InvariantCulture, out var pid) ? pid : 0).Where(pid => pid > 0)];
        }
        catch (LlmOpsException absent) when (absent.Kind == ErrorKind.NotInstalled)
        {
            return [];
        }
    }
}
