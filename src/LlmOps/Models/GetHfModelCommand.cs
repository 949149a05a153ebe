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
/// <para>Many repositories hold a model in several forms. Without -Include, the one that vLLM loads is fetched: safetensors, else pytorch_model.bin, with all configs and tokenizers.
/// Of a GGUF repository -Quantization names the one that is wanted. What was left out is in the property LeftOut, and in -Verbose and -WhatIf; -All fetches everything.
/// Datasets, spaces and pipelines of diffusers are always fetched whole.</para>
/// <para>-WhatIf lists what would be fetched, from where, how much of it is here and how much room there is, and fails where the download would. -Cached lists what has been fetched, by whichever program.</para>
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
/// <code>Get-HfModel Qwen/Qwen2.5-7B-Instruct-GGUF -Quantization Q4_K_M -LocalDir ./models</code>
/// </example>
/// <example>
/// <para>See what would be fetched, how large it is and what is there already.</para>
/// <code>Get-HfModel meta-llama/Llama-3.3-70B-Instruct -WhatIf</code>
/// </example>
/// <example>
/// <para>See what is in the cache of each rig, the largest first.</para>
/// <code>Get-GpuRig | Get-HfModel -Cached | Sort-Object Size -Descending</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "HfModel", SupportsShouldProcess = true, DefaultParameterSetName = CacheSet)]
[OutputType(typeof(HfModel), ParameterSetName = [CacheSet, LocalSet])]
[OutputType(typeof(CachedModel), ParameterSetName = [CachedSet])]
public sealed class GetHfModelCommand : ModelCmdlet
{
    private const string CacheSet = "Cache";
    private const string LocalSet = "LocalDir";
    private const string CachedSet = "Cached";

    private static readonly string[] NotWithCached = [nameof(Revision), nameof(Include), nameof(Exclude), nameof(Quantization), nameof(All), nameof(Token)];

    private readonly List<(HfModelFile File, RigArgument[]? Rig)> _files = [];

    /// <summary>The repository: owner/name, as its page shows it. With -Cached also with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = CacheSet)]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = LocalSet)]
    [Parameter(Position = 0, ParameterSetName = CachedSet)]
    [Alias("Repo", "Model")]
    [SupportsWildcards]
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

    /// <summary>The GGUF quantization to fetch, such as Q4_K_M, with all its parts and nothing of the others.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(QuantizationCompleter))]
    public string? Quantization { get; set; }

    /// <summary>Fetch every file, also further copies of the model in other formats.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>The folder that gets the files themselves instead of the cache; on a rig, a folder there.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LocalSet)]
    [ValidateNotNullOrEmpty]
    public string? LocalDir { get; set; }

    /// <summary>Do not fetch: list what the cache holds, with revisions, sizes and when it was last used.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CachedSet)]
    public SwitchParameter Cached { get; set; }

    /// <summary>The files to fetch, as Get-HfModelFile lists them.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = CacheSet)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = LocalSet)]
    public HfModelFile? File { get; set; }

    /// <summary>Another cache than that of HF_HUB_CACHE or HF_HOME; on a rig, a folder there.</summary>
    [Parameter(ParameterSetName = CacheSet)]
    [Parameter(ParameterSetName = CachedSet)]
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
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public HubRepoType RepoType { get; set; }

    private bool IsRehearsal =>
        (MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given) ? given : SessionState.PSVariable.GetValue("WhatIfPreference")) is true or SwitchParameter { IsPresent: true };

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        if (Cached)
        {
            if (NotWithCached.FirstOrDefault(MyInvocation.BoundParameters.ContainsKey) is { } other) ThrowFailure(HubErrors.SelectionConflict(nameof(Cached), other));
            HubRepoType? type = MyInvocation.BoundParameters.ContainsKey(nameof(RepoType)) ? RepoType : null;
            await ForEachPlaceAsync(Rig, async rig =>
            {
                foreach (var model in await FindCachedAsync(Id is [] ? ["*"] : Id, type, CacheDir, rig, cancel)) WriteObject(model);
            });
        }
        else if (File is not null)
        {
            _files.Add((File, Rig));
        }
        else
        {
            foreach (var id in Id) await ForEachPlaceAsync(Rig, rig => GetAsync(Request(id, Revision, Include, rig), rig, cancel));
        }
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancel)
    {
        // One download for all the files of a repository, not one for each.
        foreach (var group in _files.GroupBy(item => (item.File.Id, item.File.RepoType, item.File.Revision, Rigs: string.Join(' ', item.Rig ?? []))))
        {
            RepoType = group.Key.RepoType;
            string[] paths = [.. group.Select(item => FileSelection.Literal(item.File.Path))];
            await ForEachPlaceAsync(group.First().Rig, rig => GetAsync(Request(group.Key.Id, group.Key.Revision, paths, rig), rig, cancel));
        }
    }

    private async Task GetAsync(ModelRequest request, GpuRig? rig, CancellationToken cancel)
    {
        HubRepo.Parse(request.RepoType, request.Id);
        var place = rig is null ? "this machine" : $"rig '{rig}'";
        if (IsRehearsal)
        {
            ShouldProcess(Describe(await PlanAsync(request, rig, cancel), place), null, null);
            return;
        }

        if (!ShouldProcess($"{request.Id} to {place}", "Download")) return;
        using var progress = new DownloadLine(this, rig is null ? request.Id : $"{request.Id} on {rig}");
        var model = await FetchAsync(request, rig, progress, cancel);
        if (model.LeftOut.Count > 0) WriteVerbose($"{model.Id}: left out {string.Join(", ", model.LeftOut)}. -All fetches everything, -Include what you name.");
        WriteObject(model);
    }

    private ModelRequest Request(string id, string revision, string[] include, GpuRig? rig) => WithToken(
        new ModelRequest
        {
            Id = id,
            RepoType = RepoType,
            Transport = Transport,
            Revision = revision,
            Include = include,
            Exclude = Exclude,
            Quantization = Quantization,
            TakesAll = All,
            LocalFolder = Place(LocalDir, rig),
            CacheFolder = Place(CacheDir, rig),
        },
        Token);

    private static string Describe(DownloadPlan plan, string place)
    {
        var there = plan.MissingFileCount == 0 ? "all of it is there" : $"{plan.MissingFileCount} files with {ByteText.Of(plan.MissingSize)} to fetch, {ByteText.Of(plan.Size - plan.MissingSize)} there";
        var room = plan.Free is { } free ? $"; {ByteText.Of(free)} free" : "";
        var left = plan.LeftOut.Count == 0 ? "" : $" Left out: {string.Join(", ", plan.LeftOut)}.";
        return $"Download {plan.Id} ({plan.Revision} is {plan.Commit[..12]}) from {plan.Endpoint} to {plan.Path} on {place}: {plan.FileCount} files, {ByteText.Of(plan.Size)}; {there}{room}.{left}";
    }
}
