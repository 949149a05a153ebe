namespace LlmOps.Agent;

/// <summary>All kinds of work that the agent runs detached, one line a kind.</summary>
internal static class AgentJobs
{
    public static async Task<int> RunAsync(string name, string folder, CancellationToken cancel)
    {
        switch (name)
        {
            case "download":
                await Handlers.ModelHandlers.DownloadAsync(folder, cancel).ConfigureAwait(false);
                return 0;

            case "install":
                await Handlers.EngineHandlers.RunInstallAsync(folder, cancel).ConfigureAwait(false);
                return 0;

            default:
                await Console.Error.WriteLineAsync($"There is no job '{name}'.").ConfigureAwait(false);
                return 64;
        }
    }
}
