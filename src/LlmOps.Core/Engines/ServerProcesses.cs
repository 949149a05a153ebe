using LlmOps.Processes;
using LlmOps.State;

namespace LlmOps.Engines;

/// <summary>All processes of one server: its session, and whatever else was started by it and left that session.</summary>
/// <param name="folder">The server's folder.</param>
internal sealed class ServerProcesses(ServerFolder folder)
{
    /// <summary>The variable by which a server's processes are known even when nobody wrote down their ids.</summary>
    public const string Marker = "LLMOPS_SERVER";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>The living processes of all servers of this machine.</summary>
    /// <param name="layout">Where they are kept.</param>
    public static HashSet<int> OfAllServers(RigLayout layout) =>
        Directory.Exists(layout.Servers) ? [.. Directory.EnumerateDirectories(layout.Servers).SelectMany(path => new ServerProcesses(new ServerFolder(path)).Alive(null))] : [];

    /// <summary>The living ones.</summary>
    /// <param name="group">The engine's process id, or null if it is not known.</param>
    public IReadOnlyList<int> Alive(int? group) => ProcessTable.Members(group, $"{Marker}={folder.Path}");

    /// <summary>Ends them all: SIGTERM, then SIGKILL for what is left after the grace.</summary>
    /// <param name="group">The engine's process id, or null.</param>
    /// <param name="grace">How long they may take by themselves.</param>
    /// <param name="time">The clock.</param>
    public async Task EndAsync(int? group, TimeSpan grace, TimeProvider time)
    {
        var began = time.GetTimestamp();
        var asked = new HashSet<int>();
        while (Alive(group) is { Count: > 0 } left)
        {
            foreach (var pid in left)
            {
                if (time.GetElapsedTime(began) > grace) _ = PosixSpawn.Kill(pid, PosixSpawn.SigKill);
                else if (asked.Add(pid)) _ = PosixSpawn.Kill(pid, PosixSpawn.SigTerm);
            }

            await Task.Delay(Poll, time).ConfigureAwait(false);
        }
    }
}
