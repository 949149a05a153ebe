using System.Management.Automation;
using System.Security;
using LlmOps.Hub;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Models;

/// <summary>Puts a model of the Hugging Face Hub on a rig or on this machine.</summary>
/// <remarks>
/// <para>The files go into the Hugging Face cache, in the layout that hf, transformers and vLLM share, so nothing is fetched twice; or, with -LocalDir, into a folder.
/// Large files come in ranges over many connections. Every file is checked against the hash that the Hub lists, and what was damaged on the way is fetched again.</para>
/// <para>An interrupted download goes on where it was, after Ctrl+C and after a crash alike. On a rig the download runs by itself: a lost connection does not stop it,
/// and the command joins it again. Ctrl+C ends it there too.</para>
/// <para>The token is that of -Token, else HF_TOKEN, else the file that hf auth login keeps; for a rig, first those of this machine, then the rig's own.
/// A token that this machine has for itself goes only to the Hub that this machine's HF_ENDPOINT names: a rig with another Hub does not use it. That of -Token goes to the rig's Hub, whichever it is.
/// HF_ENDPOINT, HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE and HF_HUB_DISABLE_XET are honoured on the machine that fetches.</para>
/// </remarks>
/// <example>
/// <para>Put a model on a rig and serve it.</para>
/// <code>Get-GpuRig a40 | Get-HfModel Qwen/Qwen2.5-72B-Instruct-AWQ | Start-VllmServer</code>
/// </example>
/// <example>
/// <para>Fetch one quantization into a folder of this machine.</para>
/// <code>Get-HfModel Qwen/Qwen2.5-7B-Instruct-GGUF -Include '*q4_k_m*' -LocalDir ./models</code>
/// </example>
/// <example>
/// <para>See what would be fetched, how large it is and what is there already.</para>
/// <code>Get-HfModel meta-llama/Llama-3.3-70B-Instruct -Exclude 'original/' -WhatIf</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "HfModel", SupportsShouldProcess = true, DefaultParameterSetName = CacheSet)]
[OutputType(typeof(HfModel))]
public sealed class GetHfModelCommand : RigCmdlet
{
    private const string CacheSet = "Cache";
    private const string LocalSet = "LocalDir";

    /// <summary>The repository: owner/name, as its page shows it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Repo", "Model")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>The rig to put it on, by name, wildcard or object; without it, this machine.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[]? Rig { get; set; }

    /// <summary>A branch, a tag, a commit, or refs/pr/1.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Revision { get; set; } = "main";

    /// <summary>Fetch only the files that match one of these patterns. They match the whole path, with case; * crosses folders.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Include { get; set; } = [];

    /// <summary>Leave out the files that match one of these patterns.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Exclude { get; set; } = [];

    /// <summary>The folder that gets the files themselves instead of the cache; on a rig, a folder there.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LocalSet)]
    [ValidateNotNullOrEmpty]
    public string? LocalDir { get; set; }

    /// <summary>Another cache than that of HF_HUB_CACHE or HF_HOME; on a rig, a folder there.</summary>
    [Parameter(ParameterSetName = CacheSet)]
    [ValidateNotNullOrEmpty]
    public string? CacheDir { get; set; }

    /// <summary>The token for private and gated repositories.</summary>
    [Parameter]
    [SecureStringTransformation]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>How large files come: over HTTP, from Xet storage, or, by Auto, the way that proves faster. Where Xet storage fails, HTTP takes over.</summary>
    [Parameter]
    public HfTransport Transport { get; set; }

    /// <summary>The kind of the repository.</summary>
    [Parameter]
    public HubRepoType RepoType { get; set; }

    /// <summary>How many connections fetch at once at most. How many do depends on what they gain.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int MaxConnection { get; set; } = 64;

    /// <summary>How many bytes may come a second, over all connections together: 20MB leaves the rest of the line to others.</summary>
    [Parameter]
    [ValidateRange(1L, long.MaxValue)]
    public long? MaxBytesPerSecond { get; set; }

    /// <summary>Show a progress bar for each file that is under way; without it, for repositories of few files only.</summary>
    [Parameter]
    public SwitchParameter ShowFile { get; set; }

    private bool IsRehearsal =>
        (MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given) ? given : SessionState.PSVariable.GetValue("WhatIfPreference")) is true or SwitchParameter { IsPresent: true };

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        var rigs = Rig is null ? [] : Resolve(Rig);
        foreach (var id in Id) await Task.WhenAll(Rig is null ? [GetAsync(id, null, cancel)] : rigs.Select(rig => GetAsync(id, rig, cancel)));
    }

    private async Task GetAsync(string id, GpuRig? rig, CancellationToken cancel)
    {
        try
        {
            HubRepo.Parse(RepoType, id);
            var request = Request(id, rig);
            var place = rig is null ? "this machine" : $"rig '{rig}'";
            if (IsRehearsal)
            {
                var plan = await PlanAsync(request, rig, cancel);
                foreach (var warning in plan.Warnings) WriteWarning(warning);
                ShouldProcess(Describe(plan, place), "Download");
                return;
            }

            if (!ShouldProcess($"{id} to {place}", "Download")) return;
            using var progress = new DownloadLine(this, rig is null ? id : $"{id} on {rig}", ShowFile);
            var model = rig is null ? await FetchHereAsync(request, progress, cancel) : await FetchThereAsync(request, rig, progress, cancel);
            foreach (var warning in model.Warnings) WriteWarning(warning);
            WriteObject(model);
        }
        catch (LlmOpsException failure)
        {
            WriteFailure(rig is null ? failure : failure.OnRig(rig));
        }
    }

    private static async Task<HfModel> FetchHereAsync(ModelRequest request, IProgress<DownloadProgress> progress, CancellationToken cancel)
    {
        var download = new ModelDownload(request, HubEnvironment.FromProcess(), Services.Time);
        return await Task.Run(() => download.RunAsync(progress.Report, cancel), CancellationToken.None);
    }

    private async Task<HfModel> FetchThereAsync(ModelRequest request, GpuRig rig, DownloadLine progress, CancellationToken cancel)
    {
        var connection = await ConnectPatientlyAsync(rig, cancel);
        var args = new ModelGetArgs(request, Guid.NewGuid().ToString("N"));
        var model = await connection.JoinAsync(
            ModelOperations.Get, args,
            item =>
            {
                progress.Show(item);
                return ValueTask.CompletedTask;
            },
            cancel);
        return model with { Rig = rig };
    }

    private async Task<DownloadPlan> PlanAsync(ModelRequest request, GpuRig? rig, CancellationToken cancel)
    {
        if (rig is null) return await new ModelDownload(request, HubEnvironment.FromProcess(), Services.Time).PlanAsync(cancel);
        var connection = await ConnectAsync(rig, cancel);
        return await connection.InvokeAsync(ModelOperations.Plan, request, cancel);
    }

    private ModelRequest Request(string id, GpuRig? rig)
    {
        var here = HubEnvironment.FromProcess();
        var own = Token is null ? here.FindToken() : null;
        return new ModelRequest
        {
            Id = id,
            RepoType = RepoType,
            Transport = Transport,
            Revision = Revision,
            Include = Include,
            Exclude = Exclude,
            LocalFolder = Place(LocalDir, rig),
            CacheFolder = Place(CacheDir, rig),
            Token = Token is null ? own : SecureText.Reveal(Token),
            TokenEndpoint = own is null ? null : here.Endpoint,
            MaxConnection = MaxConnection,
            MaxBytesPerSecond = MaxBytesPerSecond,
        };
    }

    private string? Place(string? folder, GpuRig? rig) =>
        folder is null || rig is not null ? folder : SessionState.Path.GetUnresolvedProviderPathFromPSPath(folder);

    private static string Describe(DownloadPlan plan, string place)
    {
        var there = plan.MissingFileCount == 0 ? "all of it is there" : $"{plan.MissingFileCount} files with {ByteText.Of(plan.MissingSize)} to fetch, {ByteText.Of(plan.Size - plan.MissingSize)} there";
        var room = plan.Free is { } free ? $"; {ByteText.Of(free)} free" : "";
        return $"{plan.Id} at {plan.Commit[..12]} to {plan.Path} on {place}: {plan.FileCount} files, {ByteText.Of(plan.Size)}; {there}{room}";
    }
}
