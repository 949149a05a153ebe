using LlmOps.Hub;
using LlmOps.Preflight;
using LlmOps.Preflight.Checks;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Engines;

/// <summary>Starts servers on this machine: checks the wish, makes the server's folder, and hands it to a supervisor. Nothing is changed before all checks have passed.</summary>
/// <param name="layout">Where things lie.</param>
/// <param name="time">The clock.</param>
internal sealed class ServerLauncher(RigLayout layout, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly ServerCatalog _catalog = new(layout, time);

    /// <summary>Starts a server, or returns the one that was started with the same ticket.</summary>
    /// <param name="args">The wish.</param>
    /// <param name="cancel">Ends the attempt before the supervisor is started, not the server.</param>
    public async Task<LlmServer> StartAsync(ServerStartArgs args, CancellationToken cancel)
    {
        using var turn = await TakeTurnAsync(cancel).ConfigureAwait(false);
        if (_catalog.FindTicket(args.Ticket) is { } same) return await _catalog.GetAsync(same.Name, cancel).ConfigureAwait(false);
        var living = (await _catalog.ListAsync(cancel).ConfigureAwait(false)).Where(server => server.State is not (LlmServerState.Stopped or LlmServerState.Failed)).ToList();
        var model = ModelFolder.Parse(args.Model);
        var servedName = args.ServedModelName ?? model.Title;
        var name = args.Name ?? RigName.From(servedName[(servedName.LastIndexOf('/') + 1)..], taken => living.Any(server => server.Name == taken));
        var folder = _catalog.FolderOf(name);
        if (living.Any(server => server.Name == name)) throw ServerErrors.Exists(name);
        VllmArgument.Validate(args.Arguments);
        var context = args.MaxModelLen is { } length ? ContextLength.Parse(length) : null;
        var gpus = await TensorParallel.CountGpusAsync(args.Environment, time, cancel).ConfigureAwait(false);
        var size = TensorParallel.Choose(args.TensorParallelSize, gpus, model.AttentionHeads());
        var port = LoopbackPort.Choose(args.Port, living.ToDictionary(server => server.Port, server => server.Name));
        if (!args.Force) await CheckRigAsync(args, size, cancel).ConfigureAwait(false);
        var engine = EngineEnvironment.Find(layout, args.EngineVersion) ?? throw EngineErrors.NotInstalled("vLLM", args.EngineVersion);

        Directory.CreateDirectory(folder.Path);
        folder.Clear();
        var variables = new Dictionary<string, string>(args.Environment);
        if (args.ApiKey is not null) variables[VllmCommand.ApiKeyVariable] = args.ApiKey;
        folder.WriteEnvironment(variables);
        folder.WriteSpec(new ServerSpec
        {
            Name = name,
            Ticket = args.Ticket,
            Engine = "vLLM",
            EngineVersion = engine.Version,
            Model = model.Value,
            ServedModelName = servedName,
            Port = port,
            TensorParallelSize = size,
            MaxModelLen = context,
            AutoFitted = args.AutoFitted,
            Program = engine.Program,
            Arguments = VllmCommand.Build(args, model.Value, servedName, port, size),
            StartedAt = time.GetUtcNow(),
        });
        await _catalog.SuperviseAsync(folder, CancellationToken.None).ConfigureAwait(false);
        return await _catalog.GetAsync(name, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Starts a server that has ended again, as it was; does nothing if this ticket has done so.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="ticket">The ticket.</param>
    /// <param name="cancel">Ends the attempt before the supervisor is started.</param>
    public async Task<LlmServer> StartAgainAsync(string name, string ticket, CancellationToken cancel)
    {
        using var turn = await TakeTurnAsync(cancel).ConfigureAwait(false);
        var folder = _catalog.FolderOf(name);
        var spec = folder.ReadSpec() ?? throw ServerErrors.NotFound(name);
        if (spec.Ticket != ticket)
        {
            var servers = await _catalog.ListAsync(cancel).ConfigureAwait(false);
            if (servers.Single(server => server.Name == name).State is not (LlmServerState.Stopped or LlmServerState.Failed)) throw ServerErrors.Running(name);
            LoopbackPort.Choose(spec.Port, servers.Where(server => server.ProcessId is not null).ToDictionary(server => server.Port, server => server.Name));
            folder.WriteSpec(spec with { Ticket = ticket, StartedAt = time.GetUtcNow() });
            folder.ClearRun();
            await _catalog.SuperviseAsync(folder, CancellationToken.None).ConfigureAwait(false);
        }

        return await _catalog.GetAsync(name, CancellationToken.None).ConfigureAwait(false);
    }

    /// <exception cref="LlmOpsException"><c>PreflightFailed</c>.</exception>
    private async Task CheckRigAsync(ServerStartArgs args, int gpus, CancellationToken cancel)
    {
        var wish = new PreflightWish
        {
            GpuCount = gpus,
            Quantization = args.Quantization,
            EngineVersion = args.EngineVersion,
            Model = args.Model,
            GpuMemoryUtilization = args.GpuMemoryUtilization,
            Environment = args.Environment,
            CheapOnly = true,
        };
        var checks = await new RigPreflight(layout, HubEnvironment.FromProcess(), time).RunAsync(wish, cancel).ConfigureAwait(false);
        // Whether there are GPUs was asked before; where no tool can say, the engine itself will.
        if (checks.Where(check => check is { Verdict: RigVerdict.Fail, Name: not GpuCheck.CheckName }).ToList() is { Count: > 0 } failed) throw ServerErrors.PreflightFailed(failed);
    }

    /// <summary>Starts are made one after another, so that no two choose the same name or port.</summary>
    private async Task<FileStream> TakeTurnAsync(CancellationToken cancel)
    {
        Directory.CreateDirectory(layout.Servers);
        var turn = new ServerFolder(layout.Servers);
        FileStream? held;
        while ((held = turn.TryLock()) is null) await Task.Delay(Poll, time, cancel).ConfigureAwait(false);
        return held;
    }
}
