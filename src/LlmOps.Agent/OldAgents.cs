using LlmOps.State;

namespace LlmOps.Agent;

/// <summary>Removes the agents of earlier versions that nothing runs any more.</summary>
internal static class OldAgents
{
    private static readonly TimeSpan Respite = TimeSpan.FromHours(1);

    /// <summary>Looks once; what can't be removed stays for the next time.</summary>
    /// <param name="layout">Where the agents lie.</param>
    public static void Prune(RigLayout layout)
    {
        try
        {
            var running = Directory.EnumerateDirectories("/proc")
                .Select(process => ExecutableOf(process))
                .OfType<string>()
                .ToHashSet(StringComparer.Ordinal);
            foreach (var agent in new DirectoryInfo(layout.Bin).EnumerateFiles("llmops-agent-*"))
                if (!running.Contains(agent.FullName) && agent.LastWriteTimeUtc < DateTime.UtcNow - Respite) agent.Delete();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // Another user's files, or a file that vanished: of no consequence.
        }
    }

    private static string? ExecutableOf(string process)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Join(process, "exe"), returnFinalTarget: false)?.FullName;
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
