using LlmOps.Diagnosis;
using LlmOps.Engines;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.State;

namespace LlmOps.Agent.Handlers;

/// <summary>Starts, watches and ends the servers of this machine.</summary>
internal sealed class ServerHandlers(RigLayout layout, TimeProvider time)
{
    private const int FailureTail = 20;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan ReportAtLeast = TimeSpan.FromSeconds(10);

    private readonly ServerCatalog _catalog = new(layout, time);
    private readonly ServerLauncher _launcher = new(layout, time);

    public static void Register(AgentServer server)
    {
        var handlers = new ServerHandlers(RigLayout.FromEnvironment(), TimeProvider.System);
        server.Register(ServerOperations.Start, (args, _, cancel) => handlers._launcher.StartAsync(args, cancel));
        server.Register(ServerOperations.Restart, handlers.RestartAsync);
        server.Register(ServerOperations.List, async (_, _, cancel) => [.. await handlers._catalog.ListAsync(cancel).ConfigureAwait(false)]);
        server.Register(ServerOperations.Get, (args, _, cancel) => handlers._catalog.GetAsync(args.Name, cancel));
        server.Register(ServerOperations.Wait, handlers.WaitAsync);
        server.Register(ServerOperations.Log, handlers.LogAsync);
        server.Register(ServerOperations.Diagnose, handlers.DiagnoseAsync);
        server.Register(ServerOperations.Stop, handlers.StopAsync);
        server.Register(ServerOperations.Remove, handlers.RemoveAsync);
        server.Register(ServerOperations.ApiKey, handlers.ApiKeyAsync);
    }

    private async Task<LlmServer> RestartAsync(ServerRestartArgs args, IAgentRequest<Nothing> request, CancellationToken cancel)
    {
        var done = _catalog.FolderOf(args.Name).ReadSpec()?.Ticket == args.Ticket;
        if (!done) await new ServerEnding(_catalog, time).StopAsync(args.Name, args.DrainSeconds, cancel).ConfigureAwait(false);
        return await _launcher.StartAgainAsync(args.Name, args.Ticket, cancel).ConfigureAwait(false);
    }

    private async Task<ServerOutcome> WaitAsync(ServerReference args, IAgentRequest<EngineProgress> request, CancellationToken cancel)
    {
        EngineProgress? reported = null;
        var reportedAt = time.GetTimestamp();
        while (true)
        {
            var server = await _catalog.GetAsync(args.Name, cancel).ConfigureAwait(false);
            if (server.State is LlmServerState.Failed) return new ServerOutcome(server, LogTail.Read(_catalog.FolderOf(args.Name).Log, FailureTail));
            if (server.State is LlmServerState.Ready or LlmServerState.Stopped || server is { State: LlmServerState.Starting, Diagnosis: not null }) return new ServerOutcome(server, []);
            if (_catalog.FolderOf(args.Name).ReadRecord()?.Progress is { } progress && (progress != reported || time.GetElapsedTime(reportedAt) > ReportAtLeast))
            {
                await request.SendAsync(reported = progress, cancel).ConfigureAwait(false);
                reportedAt = time.GetTimestamp(); // an unchanged report, now and then, says that the wait is alive
            }

            await Task.Delay(Poll, time, cancel).ConfigureAwait(false);
        }
    }

    private async Task<Nothing> LogAsync(ServerLogArgs args, IAgentRequest<ServerLogLines> request, CancellationToken cancel)
    {
        await _catalog.GetAsync(args.Name, cancel).ConfigureAwait(false);
        var log = new ServerLogReader(_catalog, args.Name, time);
        await foreach (var lines in log.ReadAsync(args.Tail, args.From, args.Follow, cancel).ConfigureAwait(false))
            await request.SendAsync(lines, cancel).ConfigureAwait(false);
        return Nothing.Value;
    }

    private async Task<ServerDiagnosis> DiagnoseAsync(ServerReference args, IAgentRequest<Nothing> request, CancellationToken cancel)
    {
        var server = await _catalog.GetAsync(args.Name, cancel).ConfigureAwait(false);
        var path = _catalog.FolderOf(args.Name).Log;
        if (server.State is LlmServerState.Starting || !File.Exists(path)) return new ServerDiagnosis(server.Diagnosis);
        var search = new FailureSearch();
        var log = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        await using (log.ConfigureAwait(false)) await search.AddAsync(log, cancel).ConfigureAwait(false);
        return new ServerDiagnosis(search.Conclude(ended: server.State is LlmServerState.Failed) ?? server.Diagnosis);
    }

    private async Task<LlmServer> StopAsync(ServerStopArgs args, IAgentRequest<Nothing> request, CancellationToken cancel)
    {
        var name = args.Name ?? (args.Ticket is { } ticket ? _catalog.FindTicket(ticket)?.Name : null) ?? throw ServerErrors.NotFound(args.Ticket ?? "");
        return await new ServerEnding(_catalog, time).StopAsync(name, args.DrainSeconds, cancel).ConfigureAwait(false);
    }

    private async Task<Nothing> RemoveAsync(ServerReference args, IAgentRequest<Nothing> request, CancellationToken cancel)
    {
        await new ServerEnding(_catalog, time).RemoveAsync(args.Name, cancel).ConfigureAwait(false);
        return Nothing.Value;
    }

    private Task<ServerApiKey> ApiKeyAsync(ServerReference args, IAgentRequest<Nothing> request, CancellationToken cancel)
    {
        var folder = _catalog.FolderOf(args.Name);
        if (folder.ReadSpec() is null) throw ServerErrors.NotFound(args.Name);
        return Task.FromResult(new ServerApiKey(folder.ReadEnvironment().GetValueOrDefault(VllmCommand.ApiKeyVariable)));
    }
}
