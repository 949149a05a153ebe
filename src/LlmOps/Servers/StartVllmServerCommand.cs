using System.Collections;
using System.Management.Automation;
using System.Security;
using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Planning;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Servers;

/// <summary>Starts vLLM on a rig to serve a model across its GPUs, and returns when it answers.</summary>
/// <remarks>
/// <para>The server listens on the rig's loopback interface only and asks for a key, which is made for it unless -ApiKey or -NoApiKey says otherwise; New-LlmTunnel brings it home and knows the key. vLLM starts a worker for each GPU by itself.</para>
/// <para>It runs under a supervisor on the rig, which outlives this command, the connection and the workstation. While it starts, progress shows vLLM's own phases. Ready means that /health answers 200 and that one token has come back. A server that ends is an error with the cause and the end of its log.</para>
/// <para>Whether the model fits is planned first, as Measure-LlmFit does, from metadata alone: one that does not is an error that names what does, before anything is fetched. -Force starts it all the same. What Measure-LlmFit returns can come through the pipeline.</para>
/// <para>vLLM is installed first where the rig does not have it, as Initialize-GpuRig does. All that can be checked is checked before anything is started: the port, the number of GPUs, the model's attention heads, the flags.</para>
/// <para>The rig is looked at first, as Test-GpuRig does without its slow checks: where one says that the start can't succeed, nothing is started unless -Force is given. A server that ends, or makes no progress for longer than its phase ever takes, is an error that names cause and remedy; with -AutoFit, one that has ended is started once more with the argument that helps, where that follows from the engine's own figures.</para>
/// <para>A lost connection is made again and the wait goes on. Ctrl+C, and a start that takes longer than -TimeoutSeconds, stop the server. With -NoWait the command returns while the server starts; Wait-LlmServer waits for it.</para>
/// </remarks>
/// <example><para>Puts a model on a rig, serves it and talks to it.</para><code>Get-GpuRig a40 | Get-HfModel Qwen/Qwen2.5-72B-Instruct-AWQ | Start-VllmServer -MaxModelLen 32k | New-LlmTunnel | Invoke-LlmChat 'Hello'</code></example>
/// <example><para>Serves a model on one GPU with flags of vLLM that have no parameter here.</para><code>Start-VllmServer Qwen/Qwen2.5-7B-Instruct -Rig a40 -TensorParallelSize 1 -Argument '--enable-auto-tool-choice', '--tool-call-parser', 'hermes'</code></example>
/// <example><para>Starts a model that needs a token, and returns at once.</para><code>Start-VllmServer meta-llama/Llama-3.1-8B-Instruct -Rig a40 -Environment @{ HF_TOKEN = $token } -NoWait</code></example>
/// <example><para>Asks for a long context, and takes the longest that fits if it does not.</para><code>Start-VllmServer Qwen/Qwen2.5-72B-Instruct-AWQ -Rig a40 -MaxModelLen 32k -AutoFit</code></example>
[Cmdlet(VerbsLifecycle.Start, "VllmServer", SupportsShouldProcess = true, DefaultParameterSetName = KeySet)]
[OutputType(typeof(LlmServer))]
public sealed class StartVllmServerCommand : ServerCmdlet
{
    private const string KeySet = "ApiKey";
    private const string NoKeySet = "NoApiKey";

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    /// <summary>The model: what Get-HfModel returned, a Hub id (vLLM then fetches it), or a folder on the rig.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Path")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelArgument Model { get; set; } = null!;

    /// <summary>The rigs, by name, wildcard or object; without it the model's rig, or the only one that is known.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[]? Rig { get; set; }

    /// <summary>The server's name, unique on its rig; made from the model if it is left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Over how many GPUs each layer is spread; all GPUs of the rig if it is left out. Must divide the model's attention heads.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 1024)]
    public int? TensorParallelSize { get; set; }

    /// <summary>The longest context in tokens: a number, 32k (32,000), 32K (32,768) or auto; the model's own if it is left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? MaxModelLen { get; set; }

    /// <summary>The share of each GPU's memory that vLLM takes, 0 to 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0.05, 1.0)]
    public double? GpuMemoryUtilization { get; set; }

    /// <summary>The quantization method; leave it out for what the model declares.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Quantization { get; set; }

    /// <summary>How many GiB of weights per GPU stay in the machine's own memory.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0.0, 65536.0)]
    public double? CpuOffloadGB { get; set; }

    /// <summary>The name under which clients ask for the model; its Hub id, or the folder's name, if it is left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ValidateNotNullOrEmpty]
    public string? ServedModelName { get; set; }

    /// <summary>The TCP port on the rig; the first free one from 8000 if it is left out.</summary>
    [Parameter]
    [ValidateRange(1024, 65535)]
    public int? Port { get; set; }

    /// <summary>The key that clients must show; a random one is made if it is left out.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [SecureStringTransformation]
    [ValidateNotNull]
    public SecureString? ApiKey { get; set; }

    /// <summary>Asks for no key. Everybody who can log in to the rig can then use the server.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NoKeySet)]
    public SwitchParameter NoApiKey { get; set; }

    /// <summary>Further flags of vllm serve, each flag and each value a string of its own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public string[] Argument { get; set; } = [];

    /// <summary>Further environment variables of vLLM; secrets belong here and not in -Argument.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable Environment { get; set; } = [];

    /// <summary>The version of vLLM; the newest that is installed if it is left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? EngineVersion { get; set; }

    /// <summary>Starts once more with the argument that would have helped, where a start fails and that argument can be computed from the engine's own figures; a warning and the server's AutoFitted say which.</summary>
    [Parameter]
    public SwitchParameter AutoFit { get; set; }

    /// <summary>Starts it although a check of the rig, or the plan of its memory, says that it can't succeed.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns while the server still starts.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>How long the server may take until it is ready, in seconds; then it is stopped.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSeconds { get; set; } = 1800;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        if (AutoFit && NoWait) throw ServerErrors.AutoFitNeedsWait();
        var rigs = Rig is { Length: > 0 } given ? Resolve(given) : Model.Rig is { } own ? Resolve([own]) : TheOnlyRig();
        var chosen = rigs.Where(rig => ShouldProcess($"{Model} on {rig}", "Start vLLM server")).ToList();
        await Task.WhenAll(chosen.Select(rig => StartAsync(rig, cancel)));
    }

    private static IReadOnlyList<GpuRig> TheOnlyRig() =>
        Services.Rigs.List() is var known && known.Count == 1 ? known : throw ServerErrors.RigRequired(known.Count);

    private async Task StartAsync(GpuRig rig, CancellationToken cancel)
    {
        RigServers? servers = null;
        Func<Task>? learn = null;
        var wish = Wish();
        try
        {
            servers = await ServersOfAsync(rig, cancel);
            using var progress = new ProgressLine(this, $"Starting {Model} on {rig}");
            progress.Report("looking whether the model fits");
            var planner = new StartFit(await ConnectPatientlyAsync(rig, cancel), new FitHistory(Services.Home.FitsOf(rig)));
            var fit = Force ? null : await planner.RequireAsync(wish, Model.Id ?? Model.Name, AutoFit, cancel);
            if (planner.Unknown is { } unknown) WriteVerbose($"Whether '{Model}' fits on rig '{rig}' is not known: {unknown}");
            var server = await StartInstalledAsync(servers, rig, wish, progress, cancel);
            if (!NoWait) server = await WaitAndFitAsync(servers, rig, server, wish, progress, cancel);
            WriteObject(server);
            if (!NoWait && fit is not null && server.AutoFitted is null) learn = () => planner.LearnAsync(server, fit, cancel);
        }
        catch (LlmOpsException failure)
        {
            WriteFailure(failure.OnRig(rig));
        }
        catch (OperationCanceledException) when (servers is not null)
        {
            await StopQuicklyAsync(servers, wish.Ticket);
            if (AutoFit) await StopQuicklyAsync(servers, Again(wish.Ticket));
            throw;
        }

        if (learn is not null) await LearnAsync(learn, rig);
    }

    /// <summary>The server is ready and stays so, whatever becomes of what its log teaches.</summary>
    private async Task LearnAsync(Func<Task> learn, GpuRig rig)
    {
        try
        {
            await learn();
        }
        catch (LlmOpsException failure)
        {
            WriteVerbose($"What the log on rig '{rig}' says of the model's memory could not be read: {failure.Message}");
        }
    }

    private static async Task<LlmServer> StartInstalledAsync(RigServers servers, GpuRig rig, ServerStartArgs wish, ProgressLine progress, CancellationToken cancel)
    {
        progress.Report("checking");
        try
        {
            return await servers.StartAsync(wish, cancel);
        }
        catch (LlmOpsException missing) when (missing.ErrorId == "EngineNotInstalled")
        {
            var engine = await servers.InstallAsync(new EngineInstallArgs(wish.Ticket, wish.EngineVersion, !rig.IsSimulated), progress.ShowInstall, cancel);
            return await servers.StartAsync(wish with { EngineVersion = engine.Version }, cancel);
        }
    }

    private static string Again(string ticket) => ticket + "-again";

    private async Task<LlmServer> WaitAndFitAsync(RigServers servers, GpuRig rig, LlmServer server, ServerStartArgs wish, ProgressLine progress, CancellationToken cancel)
    {
        try
        {
            return await WaitUntilReadyAsync(servers, server, progress, cancel);
        }
        catch (LlmOpsException failure) when (AutoFit && failure.ErrorId == "ServerFailed")
        {
            if ((await servers.GetAsync(server.Name, cancel)).Diagnosis is not { CanAutoFit: true, Argument: { } argument } diagnosis) throw;
            WriteWarning($"Server '{server.Name}' on rig '{rig}': {diagnosis.Cause} It is started once more with {argument} (-AutoFit).");
            var fitted = wish with { Ticket = Again(wish.Ticket), Name = server.Name, EngineVersion = server.EngineVersion, AutoFitted = argument };
            var second = await servers.StartAsync(diagnosis.Arguments.Aggregate(fitted, (changed, suggested) => suggested.ApplyTo(changed)), cancel);
            return await WaitUntilReadyAsync(servers, second, progress, cancel);
        }
    }

    private async Task<LlmServer> WaitUntilReadyAsync(RigServers servers, LlmServer server, ProgressLine progress, CancellationToken cancel)
    {
        var limit = TimeSpan.FromSeconds(TimeoutSeconds);
        try
        {
            if (await TryWaitAsync(servers, server.Name, limit, progress, cancel) is { } ready) return ready;
        }
        catch (LlmOpsException hang) when (hang.ErrorId == "ServerHangs")
        {
            var hanging = await servers.GetAsync(server.Name, cancel);
            progress.Report("stopping: it hangs");
            await servers.StopAsync(new ServerStopArgs(server.Name, null, 0), cancel);
            throw ServerErrors.Hangs(hanging, stopped: true);
        }

        var phase = (await servers.GetAsync(server.Name, cancel)).Phase;
        progress.Report("stopping: it took too long");
        await servers.StopAsync(new ServerStopArgs(server.Name, null, 0), cancel);
        throw ServerErrors.StartTimedOut(server.Name, limit, phase);
    }

    /// <summary>Asks for the end of a server that nobody waits for any more; the rig sees to it.</summary>
    private static async Task StopQuicklyAsync(RigServers servers, string ticket)
    {
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await servers.StopAsync(new ServerStopArgs(null, ticket, 0), limit.Token);
        }
        catch (Exception unfinished) when (unfinished is OperationCanceledException or LlmOpsException)
        {
            // It was not started yet, or its end takes a little longer than a person at the keyboard should wait.
        }
    }

    private ServerStartArgs Wish() => new()
    {
        Ticket = Guid.NewGuid().ToString("N"),
        Name = Name,
        Model = Model.Name,
        ServedModelName = ServedModelName ?? Model.Id,
        EngineVersion = EngineVersion,
        Port = Port,
        TensorParallelSize = TensorParallelSize,
        MaxModelLen = MaxModelLen,
        GpuMemoryUtilization = GpuMemoryUtilization,
        Quantization = Quantization,
        CpuOffloadGB = CpuOffloadGB,
        Force = Force,
        ApiKey = NoApiKey ? null : ApiKey is null ? Engines.ApiKey.Create() : SecureText.Reveal(ApiKey),
        Arguments = Argument,
        Environment = Environment.Cast<DictionaryEntry>().ToDictionary(variable => variable.Key.ToString()!, variable => variable.Value?.ToString() ?? ""),
    };
}
