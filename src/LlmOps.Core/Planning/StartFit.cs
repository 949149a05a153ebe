using LlmOps.Engines;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;

namespace LlmOps.Planning;

/// <summary>
/// Looks whether a model fits before a server is started for it and anything is fetched, and keeps afterwards what the engine printed. The plan is made on the rig, which knows its GPUs and has
/// its own way to the model; where it cannot be made, the engine itself will tell.
/// </summary>
/// <param name="rig">The rig.</param>
/// <param name="history">What engines have printed before.</param>
public sealed class StartFit(PatientConnection rig, FitHistory history)
{
    private const int LogLines = 4000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Why no plan could be made, or null.</summary>
    public string? Unknown { get; private set; }

    /// <summary>Plans what a server is to be; null where that cannot be done.</summary>
    /// <param name="wish">The server.</param>
    /// <param name="title">What the model is called, where <see cref="ServerStartArgs.Model"/> is a folder.</param>
    /// <param name="mayShrink">True if the engine may be started again with a shorter context.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="LlmOpsException"><c>ModelDoesNotFit</c>, with what fits instead.</exception>
    public async Task<LlmFit?> RequireAsync(ServerStartArgs wish, string title, bool mayShrink, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (await PlanAsync(wish, title, cancel).ConfigureAwait(true) is not { } fit) return null;
        return Refuses(fit, wish, mayShrink) ? throw PlanningErrors.DoesNotFit(fit) : fit;
    }

    /// <summary>Keeps what the engine of a server that is ready printed about its memory.</summary>
    /// <param name="server">The server.</param>
    /// <param name="fit">Its plan.</param>
    /// <param name="cancel">Ends the reading of its log.</param>
    public async Task LearnAsync(LlmServer server, LlmFit fit, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(fit);
        if (fit.CpuOffloadGB > 0 || server.EngineVersion is not { } version) return;
        var lines = new List<string>();
        await new RigServers(rig).ReadLogAsync(new ServerLogArgs { Name = server.Name, Tail = LogLines }, lines.Add, cancel).ConfigureAwait(true);
        var cache = new VllmFlags(fit.Argument)["--kv-cache-dtype"];
        var draft = new EngineMeasurement
        {
            Model = fit.Model,
            Gpu = fit.Gpu,
            GpuCount = fit.TensorParallelSize * fit.PipelineParallelSize,
            EngineVersion = version,
            WeightsGiB = 0,
            KvCacheGiB = 0,
            KvTokens = 0,
            Utilization = fit.GpuMemoryUtilization,
            KvCacheDtype = cache,
            At = server.ReadyAt ?? server.StartedAt,
        };
        try
        {
            if (EngineMeasurement.Read(lines, draft) is { } measured) history.Add(measured);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            // The next plan is an estimate again; the server is well.
        }
    }

    private static bool Refuses(LlmFit fit, ServerStartArgs wish, bool mayShrink)
    {
        // The engine names these by itself, and better.
        if (fit.Fits || fit.Limit is FitLimit.Engine or FitLimit.Parallelism or FitLimit.ModelContext or FitLimit.GpuMemory) return false;
        var shrinks = mayShrink || (wish.MaxModelLen is { } length && ContextLength.Parse(length) is null);
        return !shrinks || fit.LongestContext == 0;
    }

    private async Task<LlmFit?> PlanAsync(ServerStartArgs wish, string title, CancellationToken cancel)
    {
        Unknown = wish.Quantization is null ? null : "the engine is to quantize the weights while it loads them";
        if (Unknown is not null) return null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Limit);
        try
        {
            return await rig.Connection.InvokeAsync(FitOperations.Plan, Args(wish, title), limit.Token).ConfigureAwait(true);
        }
        catch (LlmOpsException failure)
        {
            Unknown = failure.Message;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            Unknown = "the model's metadata did not come in time";
        }

        return null;
    }

    private FitArgs Args(ServerStartArgs wish, string title)
    {
        var flags = new VllmFlags(wish.Arguments);
        return new FitArgs
        {
            Model = wish.Model,
            Title = title,
            Revision = flags["--revision"] ?? "main",
            TakesAllGpus = true,
            LooksForOthers = true,
            Measurements = history.Of(title),
            Token = wish.Environment.GetValueOrDefault("HF_TOKEN"),
            Request = new FitRequest
            {
                Context = wish.MaxModelLen is { } length ? ContextLength.Parse(length) : null,
                GpuMemoryUtilization = wish.GpuMemoryUtilization,
                CpuOffloadGB = wish.CpuOffloadGB ?? 0,
                TensorParallelSize = wish.TensorParallelSize,
                PipelineParallelSize = flags.Whole("--pipeline-parallel-size", "-pp"),
                Arguments = wish.Arguments,
                EngineVersion = wish.EngineVersion,
                Engine = LlmEngine.Vllm,
            },
        };
    }
}
