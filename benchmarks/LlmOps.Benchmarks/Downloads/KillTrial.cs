using System.Globalization;
using System.Security.Cryptography;

namespace LlmOps.Benchmarks.Downloads;

/// <summary>Kills a download with SIGKILL once or more, lets it end, and counts.</summary>
/// <param name="hub">The server, which counts what it sends.</param>
/// <param name="file">What is downloaded.</param>
internal sealed class KillTrial(BenchmarkHub hub, SyntheticFile file)
{
    /// <summary>Runs it.</summary>
    /// <param name="contestant">Who downloads.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="moments">When to kill: each at so many bytes that the server has sent by then, rising.</param>
    public KillCost Run(IContestant contestant, string folder, IEnumerable<long> moments)
    {
        hub.Reset();
        var (kills, unread) = (0, 0L);
        foreach (var moment in moments)
        {
            var before = hub.Sent - OnDisk(folder);
            if (!contestant.DownloadAndKill(folder, () => hub.Sent >= moment)) break;
            kills++;
            hub.WaitUntilQuiet();
            unread += hub.Sent - OnDisk(folder) - before;
        }

        contestant.Download(folder);
        hub.WaitUntilQuiet();
        return new KillCost(kills, hub.Sent, unread, file.Size, IsRight(folder));
    }

    /// <summary>The bytes of the file that the disk holds: gaps in a sparse file are none.</summary>
    private static long OnDisk(string folder) => long.Parse(Shell.Run("du", "-s", "--block-size=1", folder).Split('\t')[0], CultureInfo.InvariantCulture);

    private bool IsRight(string folder)
    {
        var path = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).First(found => found.LinkTarget is null && found.Length == file.Size).FullName;
        using var content = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(content)) == file.Sha256;
    }
}
