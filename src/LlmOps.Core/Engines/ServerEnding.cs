namespace LlmOps.Engines;

/// <summary>Ends servers on this machine, through their supervisors.</summary>
/// <param name="catalog">The servers.</param>
/// <param name="time">The clock.</param>
internal sealed class ServerEnding(ServerCatalog catalog, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks for the end of a server and returns when it has ended and its GPU memory is free. The request stands when the caller is gone.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="drainSeconds">How long it may finish what it is answering.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<LlmServer> StopAsync(string name, int drainSeconds, CancellationToken cancel)
    {
        var server = await catalog.GetAsync(name, cancel).ConfigureAwait(false);
        if (IsOver(server)) return server;
        catalog.FolderOf(name).WriteStop(new ServerStop(drainSeconds));
        while (!IsOver(server = await catalog.GetAsync(name, cancel).ConfigureAwait(false))) await Task.Delay(Poll, time, cancel).ConfigureAwait(false);
        return server;
    }

    /// <summary>Deletes the folder of a server that has ended.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancel">Ends the looking.</param>
    /// <exception cref="LlmOpsException"><c>ServerRunning</c>.</exception>
    public async Task RemoveAsync(string name, CancellationToken cancel)
    {
        if (!IsOver(await catalog.GetAsync(name, cancel).ConfigureAwait(false))) throw ServerErrors.Running(name);
        Directory.Delete(catalog.FolderOf(name).Path, recursive: true);
    }

    private static bool IsOver(LlmServer server) => server.State is LlmServerState.Stopped or LlmServerState.Failed;
}
