using System.Management.Automation;
using System.Security;
using System.Threading.Channels;
using LlmOps.Hub;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Models;

/// <summary>Checks every byte of models in the Hugging Face cache of this machine or of a rig.</summary>
/// <remarks>
/// <para>Each file is compared with the hash that the Hub lists: sha256 for large files, git's blob id for small ones. Each gives one object with a verdict: Ok, Truncated,
/// Corrupt, Missing or Extra. The list is that of the cache, else the Hub's; where neither is to be had, the names of the contents tell their hashes.</para>
/// <para>A file that was never fetched is not missing. One is missing if its name is there and its content is gone, or if it is one part of a set whose other parts are there.</para>
/// <para>-Repair fetches what is wrong again, and only that.</para>
/// </remarks>
/// <example>
/// <para>Show what is wrong with a model on a rig.</para>
/// <code>Test-HfModel Qwen/Qwen2.5-72B-Instruct-AWQ -Rig a40 | Where-Object Verdict -ne Ok</code>
/// </example>
/// <example>
/// <para>Mend all models of this machine.</para>
/// <code>Get-HfModel -Cached | Test-HfModel -Repair | Where-Object Verdict -ne Ok</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "HfModel", SupportsShouldProcess = true)]
[OutputType(typeof(TestedModelFile))]
public sealed class TestHfModelCommand : ModelCmdlet
{
    private const int ReportsAhead = 64;

    /// <summary>The models: ids, wildcards, or what Get-HfModel writes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Repo", "Model")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelArgument[] Id { get; set; } = [];

    /// <summary>The branches, tags or commits to check; a commit may be given by its first digits. All that are there if it is left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Revision { get; set; } = [];

    /// <summary>Fetch again what is wrong.</summary>
    [Parameter]
    public SwitchParameter Repair { get; set; }

    /// <summary>The kind of the repository.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public HubRepoType RepoType { get; set; }

    /// <summary>Another cache than that of HF_HUB_CACHE or HF_HOME; on a rig, a folder there.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? CacheDir { get; set; }

    /// <summary>The rig whose cache is checked, by name, wildcard or object; without it, this machine.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[]? Rig { get; set; }

    /// <summary>The token for private and gated repositories.</summary>
    [Parameter]
    [SecureStringTransformation]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel) => ForEachPlaceAsync(Id, Rig, async (rig, ids) =>
    {
        foreach (var model in await FindCachedAsync(ids, RepoType, CacheDir, rig, cancel)) await TestAsync(model, rig, cancel);
    });

    private async Task TestAsync(CachedModel model, GpuRig? rig, CancellationToken cancel)
    {
        var repairs = Repair && ShouldProcess($"{model.Id} on {(rig is null ? "this machine" : $"rig '{rig}'")}", "Fetch damaged files again");
        var access = WithToken(new ModelRequest { Id = model.Id, RepoType = model.RepoType, CacheFolder = model.CacheDir }, Token);
        var request = new ModelTestRequest
        {
            Id = model.Id,
            RepoType = model.RepoType,
            Revisions = Revision,
            CacheFolder = model.CacheDir,
            DiscardsWrong = repairs,
            Token = access.Token,
            TokenEndpoint = access.TokenEndpoint,
        };
        var broken = new List<TestedModelFile>();
        using (var progress = new ProgressLine(this, $"Checking {model.Id}{(rig is null ? "" : $" on {rig}")}"))
        {
            await CheckAsync(request, rig, report =>
            {
                progress.Report($"{ByteText.Of(report.BytesDone)} of {ByteText.Of(report.BytesTotal)}", report.BytesTotal > 0 ? 100.0 * report.BytesDone / report.BytesTotal : null);
                if (report.File is not { } file) return ValueTask.CompletedTask;
                if (repairs && file.Verdict is not (FileVerdict.Ok or FileVerdict.Extra)) broken.Add(file with { Rig = rig });
                else WriteObject(file with { Rig = rig });
                return ValueTask.CompletedTask;
            }, cancel);
        }

        foreach (var commit in broken.GroupBy(file => file.Commit)) await RepairAsync(access with { Revision = commit.Key }, [.. commit], rig, cancel);
    }

    private async Task CheckAsync(ModelTestRequest request, GpuRig? rig, Func<ModelTestReport, ValueTask> report, CancellationToken cancel)
    {
        if (rig is not null)
        {
            await (await ConnectAsync(rig, cancel)).InvokeAsync(ModelOperations.Test, request, report, cancel);
            return;
        }

        // The hashing runs elsewhere; what it finds is written on the pipeline thread.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reports = Channel.CreateBounded<ModelTestReport>(ReportsAhead);
        var test = new ModelTest(request, HubEnvironment.FromProcess(), Services.Time);
        var running = Task.Run(() => test.RunAsync(item => reports.Writer.WriteAsync(item, ending.Token), ending.Token), CancellationToken.None);
        _ = running.ContinueWith(_ => reports.Writer.Complete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await foreach (var item in reports.Reader.ReadAllAsync(cancel)) await report(item);
            await running;
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    private async Task RepairAsync(ModelRequest request, IReadOnlyList<TestedModelFile> broken, GpuRig? rig, CancellationToken cancel)
    {
        var repaired = false;
        try
        {
            using var progress = new DownloadLine(this, rig is null ? request.Id : $"{request.Id} on {rig}", showsFiles: false);
            await FetchAsync(request with { Include = [.. broken.Select(file => FileSelection.Literal(file.Path))] }, rig, progress, cancel);
            repaired = true;
        }
        catch (LlmOpsException failure)
        {
            WriteFailure(rig is null ? failure : failure.OnRig(rig));
        }

        foreach (var file in broken) WriteObject(file with { IsRepaired = repaired });
    }
}
