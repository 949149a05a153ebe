using System.Management.Automation;
using System.Security;
using LlmOps.Hub;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Models;

/// <summary>Lists the files of a repository of the Hugging Face Hub.</summary>
/// <remarks>
/// <para>Each file comes with its size, what it is for, the hash that the Hub lists, whether the cache of this machine or of a rig has it, and whether Get-HfModel
/// takes it by default. Nothing is fetched.</para>
/// <para>Files go on into Get-HfModel, which then fetches just these.</para>
/// </remarks>
/// <example>
/// <para>See what a repository holds, the largest first.</para>
/// <code>Get-HfModelFile Qwen/Qwen2.5-7B-Instruct-GGUF | Sort-Object Size -Descending</code>
/// </example>
/// <example>
/// <para>Fetch the files that are not weights.</para>
/// <code>Get-HfModelFile meta-llama/Llama-3.3-70B-Instruct | Where-Object Kind -ne Weights | Get-HfModel</code>
/// </example>
/// <example>
/// <para>See which GGUF quantizations there are and how large they are.</para>
/// <code>Get-HfModelFile bartowski/Llama-3.3-70B-Instruct-GGUF | Group-Object Quantization</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "HfModelFile")]
[OutputType(typeof(HfModelFile))]
public sealed class GetHfModelFileCommand : ModelCmdlet
{
    /// <summary>The repository: owner/name, as its page shows it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Repo", "Model")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>A branch, a tag, a commit, or refs/pr/1.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Revision { get; set; } = "main";

    /// <summary>List only the files that match one of these patterns. They match the whole path, with case; * crosses folders.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Include { get; set; } = [];

    /// <summary>Leave out the files that match one of these patterns.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Exclude { get; set; } = [];

    /// <summary>The kind of the repository.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public HubRepoType RepoType { get; set; }

    /// <summary>The rig whose cache and whose way to the Hub are used, by name, wildcard or object; without it, this machine.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[]? Rig { get; set; }

    /// <summary>Another cache than that of HF_HUB_CACHE or HF_HOME; on a rig, a folder there.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CacheDir { get; set; }

    /// <summary>The token for private and gated repositories.</summary>
    [Parameter]
    [SecureStringTransformation]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        foreach (var id in Id) await ForEachPlaceAsync(Rig, rig => ListAsync(id, rig, cancel));
    }

    private async Task ListAsync(string id, GpuRig? rig, CancellationToken cancel)
    {
        HubRepo.Parse(RepoType, id);
        var request = WithToken(
            new ModelRequest { Id = id, RepoType = RepoType, Revision = Revision, Include = Include, Exclude = Exclude, CacheFolder = Place(CacheDir, rig) }, Token);
        var files = await AskAsync(rig, ModelOperations.Files, static async (wish, stop) => [.. await Download(wish).FilesAsync(stop)], request, cancel);
        foreach (var file in files) WriteObject(file with { Rig = rig });
    }
}
