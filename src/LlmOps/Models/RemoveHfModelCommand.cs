using System.Management.Automation;
using LlmOps.Engines;
using LlmOps.Hub;
using LlmOps.Infrastructure;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;

namespace LlmOps.Models;

/// <summary>Removes models, or some of their revisions, from the Hugging Face cache of this machine or of a rig.</summary>
/// <remarks>
/// <para>Only what no other revision needs is freed. Unfinished downloads of it go too. -WhatIf says how much would be freed.</para>
/// <para>While a download of the model runs nothing is removed. A server that has loaded the model keeps what it has in memory, and cannot be started again without it: there is a warning.</para>
/// </remarks>
/// <example>
/// <para>See how much a model would free, and remove it.</para>
/// <code>Remove-HfModel Qwen/Qwen2.5-7B-Instruct -WhatIf; Remove-HfModel Qwen/Qwen2.5-7B-Instruct</code>
/// </example>
/// <example>
/// <para>Remove what was not read for 90 days on a rig.</para>
/// <code>Get-HfModel -Cached -Rig a40 | Where-Object LastUsed -lt (Get-Date).AddDays(-90) | Remove-HfModel</code>
/// </example>
/// <example>
/// <para>Remove one old revision and keep the files that newer ones share.</para>
/// <code>Remove-HfModel Qwen/Qwen2.5-7B-Instruct -Revision v0.9</code>
/// </example>
[Cmdlet(VerbsCommon.Remove, "HfModel", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveHfModelCommand : ModelCmdlet
{
    /// <summary>The models: ids, wildcards, or what Get-HfModel -Cached writes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Repo", "Model")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelArgument[] Id { get; set; } = [];

    /// <summary>The branches, tags or commits to remove; a commit may be given by its first digits. All of the model if it is left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Revision { get; set; } = [];

    /// <summary>The kind of the repository.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public HubRepoType RepoType { get; set; }

    /// <summary>Another cache than that of HF_HUB_CACHE or HF_HOME; on a rig, a folder there.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? CacheDir { get; set; }

    /// <summary>The rig to remove it from, by name, wildcard or object; without it, this machine.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[]? Rig { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel) => ForEachPlaceAsync(Id, Rig, (rig, ids) => RemoveAllAsync(ids, rig, cancel));

    private async Task RemoveAllAsync(string[] ids, GpuRig? rig, CancellationToken cancel)
    {
        foreach (var model in await FindCachedAsync(ids, RepoType, CacheDir, rig, cancel))
        {
            try
            {
                await RemoveAsync(model, rig, cancel);
            }
            catch (LlmOpsException failure)
            {
                WriteFailure(rig is null ? failure : failure.OnRig(rig));
            }
        }
    }

    private async Task RemoveAsync(CachedModel model, GpuRig? rig, CancellationToken cancel)
    {
        var request = new ModelRemovalRequest { Id = model.Id, RepoType = model.RepoType, Revisions = Revision, CacheFolder = model.CacheDir };
        var plan = await RunAsync(request with { IsRehearsal = true }, rig, cancel);
        await WarnOfServersAsync(model, rig, cancel);
        var revisions = plan.IsWhole ? "" : $", revision {string.Join(", ", model.Revisions.Where(known => plan.Commits.Contains(known.Commit)))}";
        var what = $"Remove {model.Id}{revisions} from {(rig is null ? "this machine" : $"rig '{rig}'")}: frees {ByteText.Of(plan.Size)} in {plan.FileCount} files";
        if (!ShouldProcess(what, what + "?", "Remove-HfModel")) return;
        var removed = await RunAsync(request, rig, cancel);
        WriteVerbose($"{model.Id}: freed {ByteText.Of(removed.Size)} in {removed.FileCount} files.");
    }

    private Task<RemovedModel> RunAsync(ModelRemovalRequest request, GpuRig? rig, CancellationToken cancel) =>
        AskAsync(rig, ModelOperations.Remove, static (wish, _) => Task.FromResult(new ModelRemoval(wish, HubEnvironment.FromProcess()).Run()), request, cancel);

    private async Task WarnOfServersAsync(CachedModel model, GpuRig? rig, CancellationToken cancel)
    {
        if (rig is null) return;
        var connection = await ConnectAsync(rig, cancel);
        foreach (var server in await connection.InvokeAsync(ServerOperations.List, Nothing.Value, cancel))
        {
            if (server.State is LlmServerState.Stopped or LlmServerState.Failed) continue;
            if (server.Model.Equals(model.Id, StringComparison.OrdinalIgnoreCase) || server.Model.StartsWith(model.Path + "/", StringComparison.Ordinal))
                WriteWarning($"Server '{server.Name}' on rig '{rig}' serves {model.Id}. It cannot be started again without it.");
        }
    }
}
