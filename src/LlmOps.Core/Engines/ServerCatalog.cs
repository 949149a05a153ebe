using LlmOps.Processes;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Engines;

/// <summary>The servers of this machine, as their folders and the kernel say it. A server whose supervisor is gone gets a new one before anything is said of it.</summary>
/// <param name="layout">Where they are.</param>
/// <param name="time">The clock.</param>
internal sealed class ServerCatalog(RigLayout layout, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan SuperviseLimit = TimeSpan.FromSeconds(15);

    /// <summary>All servers, by name.</summary>
    /// <param name="cancel">Ends the looking.</param>
    public async Task<IReadOnlyList<LlmServer>> ListAsync(CancellationToken cancel)
    {
        var servers = new List<LlmServer>();
        foreach (var folder in Folders())
        {
            if (folder.ReadSpec() is { } spec) servers.Add(await DescribeAsync(folder, spec, cancel).ConfigureAwait(false));
        }

        return [.. servers.OrderBy(server => server.Name, StringComparer.Ordinal)];
    }

    /// <summary>One server.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancel">Ends the looking.</param>
    /// <exception cref="LlmOpsException"><c>ServerNotFound</c>.</exception>
    public async Task<LlmServer> GetAsync(string name, CancellationToken cancel)
    {
        var folder = FolderOf(name);
        return await DescribeAsync(folder, folder.ReadSpec() ?? throw ServerErrors.NotFound(name), cancel).ConfigureAwait(false);
    }

    /// <summary>The folder of a server that need not be there.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="LlmOpsException"><c>ServerNameInvalid</c>.</exception>
    public ServerFolder FolderOf(string name) => RigName.IsValid(name) ? new ServerFolder(Path.Join(layout.Servers, name)) : throw ServerErrors.InvalidName(name);

    /// <summary>The folder of the server that was started with a ticket, or null.</summary>
    /// <param name="ticket">The ticket.</param>
    public ServerFolder? FindTicket(string ticket) => Folders().FirstOrDefault(folder => folder.ReadSpec()?.Ticket == ticket);

    /// <summary>Starts a supervisor for a server and returns when it has taken charge.</summary>
    /// <param name="folder">The server's folder.</param>
    /// <param name="cancel">Ends the wait, not the supervisor.</param>
    /// <exception cref="LlmOpsException"><c>SupervisorNotStarted</c>.</exception>
    public async Task SuperviseAsync(ServerFolder folder, CancellationToken cancel)
    {
        var supervisor = RunningProcess.Start(new ProcessStart
        {
            FileName = Environment.ProcessPath!,
            Arguments = ["supervise", folder.Path],
            LogFile = Path.Join(folder.Path, "supervisor.log"),
            Detached = true,
        });
        var began = time.GetTimestamp();
        while (folder.ReadRecord() is var record && !(record is { IsOver: true } || record?.SupervisorId == supervisor.Id))
        {
            if (supervisor.Exited.IsCompleted)
            {
                // It found another in charge, or has already seen the server's end.
                if (folder.IsSupervised() || folder.ReadRecord() is { IsOver: true }) return;
                throw ServerErrors.SupervisorNotStarted(folder.Name);
            }

            if (time.GetElapsedTime(began) > SuperviseLimit) throw ServerErrors.SupervisorNotStarted(folder.Name);
            await Task.Delay(Poll, time, cancel).ConfigureAwait(false);
        }
    }

    private IEnumerable<ServerFolder> Folders() =>
        Directory.Exists(layout.Servers) ? Directory.EnumerateDirectories(layout.Servers).Select(path => new ServerFolder(path)) : [];

    /// <summary>What is kept of a server, once it agrees with the kernel: while the engine's process is gone and nobody has said so yet, its supervisor is about to.</summary>
    private async Task<ServerRecord?> SettledAsync(ServerFolder folder, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (folder.ReadRecord() is not { IsOver: true } && !folder.IsSupervised()) await SuperviseAsync(folder, cancel).ConfigureAwait(false);
            var record = folder.ReadRecord();
            var isGone = record is { IsOver: false, ProcessId: { } pid } && ProcessTable.StartOf(pid) != record.ProcessStart;
            if (!isGone || time.GetElapsedTime(began) > SuperviseLimit) return record;
            await Task.Delay(Poll, time, cancel).ConfigureAwait(false);
        }
    }

    private async Task<LlmServer> DescribeAsync(ServerFolder folder, ServerSpec spec, CancellationToken cancel)
    {
        var record = await SettledAsync(folder, cancel).ConfigureAwait(false) ?? new ServerRecord { State = LlmServerState.Starting };
        return new LlmServer
        {
            Name = spec.Name,
            Engine = spec.Engine,
            EngineVersion = record.EngineVersion ?? spec.EngineVersion,
            Model = spec.Model,
            ServedModelName = spec.ServedModelName,
            Port = spec.Port,
            TensorParallelSize = spec.TensorParallelSize,
            MaxModelLen = record.MaxModelLen ?? spec.MaxModelLen,
            State = record.State,
            Phase = record.State == LlmServerState.Starting ? record.Progress.ToString() : null,
            ProcessId = record.IsOver ? null : record.ProcessId,
            ExitCode = record.ExitCode,
            FailureCause = record.FailureCause,
            Diagnosis = record.Diagnosis,
            AutoFitted = spec.AutoFitted,
            KvCacheTokens = record.KvCacheTokens,
            StartedAt = spec.StartedAt,
            ReadyAt = record.ReadyAt,
        };
    }
}
