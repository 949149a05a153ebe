using System.Management.Automation;
using LlmOps.Hub;
using LlmOps.Hub.Copying;
using LlmOps.Infrastructure;
using LlmOps.Rigs;

namespace LlmOps.Models;

/// <summary>Copies a model from one machine's cache to another's, for rigs that do not reach the internet.</summary>
/// <remarks>
/// <para>The source and the target are this machine or rigs: -From RIG, -To RIG, or both; what is not given is this machine. Between two rigs the bytes pass through this machine and are not kept on it.</para>
/// <para>The target gets what hf, transformers and vLLM expect in their cache. What is there already is skipped. Several files go at once, each over an SSH connection of its own, and each is
/// checked against its hash where it arrives.</para>
/// <para>After Ctrl+C, or when a connection breaks, a file goes on where it was: by itself while the command runs, else when the command is run again. Nothing is sent if there is not room for all of it.</para>
/// </remarks>
/// <example>
/// <para>Fetch a model here and put it on a rig that has no internet.</para>
/// <code>Get-HfModel Qwen/Qwen3-8B | Copy-HfModel -To lab-1</code>
/// </example>
/// <example>
/// <para>Give a model of one rig to two others.</para>
/// <code>Copy-HfModel Qwen/Qwen3-8B -From lab-1 -To lab-2, lab-3</code>
/// </example>
/// <example>
/// <para>See how much would be sent.</para>
/// <code>Copy-HfModel Qwen/Qwen3-8B -To lab-1 -WhatIf</code>
/// </example>
[Cmdlet(VerbsCommon.Copy, "HfModel", SupportsShouldProcess = true)]
[OutputType(typeof(HfModel))]
public sealed class CopyHfModelCommand : RigCmdlet
{
    /// <summary>The repository: owner/name, as its page shows it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Repo", "Model")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>The rig that has the model, by name or object; without it, this machine.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Rig")]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument? From { get; set; }

    /// <summary>The rigs that are to get it, by name, wildcard or object; without it, this machine.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[]? To { get; set; }

    /// <summary>A branch, a tag or a commit that the source has.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Revision { get; set; } = "main";

    /// <summary>The kind of the repository.</summary>
    [Parameter]
    public HubRepoType RepoType { get; set; }

    /// <summary>How many files go at once, each over a connection of its own.</summary>
    [Parameter]
    [ValidateRange(1, 16)]
    public int MaxConnection { get; set; } = 4;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        GpuRig? from = null;
        if (From is not null && (from = Resolve([From]).SingleOrDefault()) is null) return;
        IReadOnlyList<GpuRig?> to = Resolve(To ?? []);
        if (To is null) to = [null];
        foreach (var id in Id) await Task.WhenAll(to.Select(rig => CopyAsync(id, from, rig, cancel)));
    }

    private async Task CopyAsync(string id, GpuRig? from, GpuRig? to, CancellationToken cancel)
    {
        try
        {
            HubRepo.Parse(RepoType, id);
            if (from?.Name == to?.Name) throw CopyErrors.SamePlace(from is null ? "This machine" : $"Rig '{from.Name}'");
            var (source, target) = (await PlaceAsync(from, cancel), await PlaceAsync(to, cancel));
            var copy = new ModelCopy(source, target, new CopyRequest(RepoType, id, Revision), MaxConnection, Services.Patience, Services.Time);
            var (listing, plan) = await copy.PlanAsync(cancel);
            if (!ShouldProcess(Describe(id, listing, plan, source, target), "Copy")) return;
            using var progress = new DownloadLine(this, $"{id} from {source.Name} to {target.Name}", showsFiles: false);
            WriteObject(await Task.Run(() => copy.RunAsync(progress.Report, cancel), CancellationToken.None));
        }
        catch (LlmOpsException failure)
        {
            WriteFailure((to ?? from) is { } rig && failure.IsFromRig ? failure.OnRig(rig) : failure);
        }
    }

    private async Task<ICopyPlace> PlaceAsync(GpuRig? rig, CancellationToken cancel) =>
        rig is null ? new LocalCopyPlace(HubEnvironment.FromProcess()) : new RigCopyPlace(await ConnectAsync(rig, cancel), Services.Links, new ConnectQuestions(this));

    private static string Describe(string id, CopyListing listing, CopyPlan plan, ICopyPlace source, ICopyPlace target)
    {
        var size = ByteText.Of(listing.Files.Sum(file => file.Size));
        var there = plan.Missing.Count == 0 ? "all of it is there" : $"{plan.Missing.Count} files with {ByteText.Of(plan.MissingSize)} to send";
        var room = plan.Free is { } free ? $"; {ByteText.Of(free)} free" : "";
        return $"{id} at {listing.Commit[..12]} from {source.Name} to {plan.Path} on {target.Name}: {listing.Files.Count} files, {size}; {there}{room}";
    }
}
