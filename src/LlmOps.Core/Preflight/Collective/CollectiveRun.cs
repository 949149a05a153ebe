using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LlmOps.Processes;

namespace LlmOps.Preflight.Collective;

/// <summary>An all-reduce across the GPUs of this machine, with one process for each, which ends in a bounded time whatever NCCL does.</summary>
/// <param name="python">A Python that has torch.</param>
/// <param name="gpus">How many GPUs.</param>
/// <param name="environment">Variables on top of this process's.</param>
/// <param name="time">The clock.</param>
internal sealed class CollectiveRun(string python, int gpus, IReadOnlyDictionary<string, string?> environment, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan EndGrace = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);
    private static readonly Lazy<string> Program = new(Load);

    /// <summary>Runs it.</summary>
    /// <param name="startLimit">How long importing torch and opening the GPUs may take.</param>
    /// <param name="limit">How long joining and adding up may take from then on.</param>
    /// <param name="cancel">Ends it and its processes.</param>
    public async Task<CollectiveOutcome> RunAsync(TimeSpan startLimit, TimeSpan limit, CancellationToken cancel)
    {
        var port = FreePort();
        var ranks = new List<CollectiveRank>();
        try
        {
            for (var rank = 0; rank < gpus; rank++) ranks.Add(CollectiveRank.Start(Start(rank, port, startLimit + limit), rank));
            var all = Task.WhenAll(ranks.Select(rank => rank.Ended));
            var began = time.GetTimestamp();
            long? opened = null;
            while (!all.IsCompleted)
            {
                if (opened is null && ranks.All(rank => rank.Steps.Count >= 2)) opened = time.GetTimestamp();
                if (opened is { } from ? time.GetElapsedTime(from) > limit : time.GetElapsedTime(began) > startLimit) return CollectiveOutcome.Of(ranks, timedOut: true);
                if (ranks.Any(rank => rank.Ended is { IsCompletedSuccessfully: true, Result.Code: not 0 }))
                {
                    // The others wait for it in vain; a moment lets them say what they see.
                    await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(1), time, cancel)).ConfigureAwait(false);
                    return CollectiveOutcome.Of(ranks, timedOut: false);
                }

                await Task.WhenAny(all, Task.Delay(Poll, time, cancel)).ConfigureAwait(false);
                cancel.ThrowIfCancellationRequested();
            }

            return CollectiveOutcome.Of(ranks, timedOut: false);
        }
        finally
        {
            // What hangs in the driver can't be killed at once; nobody waits for that.
            await Task.WhenAny(Task.WhenAll(ranks.Select(rank => RunningProcess.EndGroupAsync(rank.ProcessId, EndGrace, TimeProvider.System))), Task.Delay(EndLimit, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    private ProcessStart Start(int rank, int port, TimeSpan limit) => new()
    {
        FileName = python,
        Arguments = ["-c", Program.Value, Text(rank), Text(gpus), Text(port), Text((int)limit.TotalSeconds)],
        Environment = new Dictionary<string, string?>(environment) { ["NCCL_DEBUG"] = "WARN", ["PYTHONUNBUFFERED"] = "1" },
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Load()
    {
        using var reader = new StreamReader(typeof(CollectiveRun).Assembly.GetManifestResourceStream("collective.py")!);
        return reader.ReadToEnd();
    }
}
