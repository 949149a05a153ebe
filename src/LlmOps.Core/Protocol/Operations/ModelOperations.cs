using System.Text.Json;
using System.Text.Json.Serialization;
using LlmOps.Hub;
using LlmOps.Jobs;

namespace LlmOps.Protocol.Operations;

/// <summary>The operations behind Get-HfModel on a rig.</summary>
public static class ModelOperations
{
    /// <summary>Puts a model on the rig, detached: asked for again, it joins the download that is under way.</summary>
    public static readonly AgentOperation<ModelGetArgs, DownloadProgress, HfModel> Get =
        new("model.get", static () => ModelJson.Default);

    /// <summary>Says what that would fetch.</summary>
    public static readonly AgentOperation<ModelRequest, Nothing, DownloadPlan> Plan =
        new("model.plan", static () => ModelJson.Default);

    /// <summary>The files of a repository, and which of them are in the rig's cache.</summary>
    public static readonly AgentOperation<ModelRequest, Nothing, HfModelFile[]> Files =
        new("model.files", static () => ModelJson.Default);

    /// <summary>The ids of the models in the rig's cache.</summary>
    public static readonly AgentOperation<Nothing, Nothing, ModelList> List =
        new("model.list", static () => ModelJson.Default);

    /// <summary>All repositories in a cache of the rig, with their commits, sizes and times.</summary>
    public static readonly AgentOperation<CacheReference, Nothing, CachedModel[]> Cached =
        new("model.cached", static () => ModelJson.Default);

    /// <summary>Removes a repository, or commits of it, from a cache of the rig.</summary>
    public static readonly AgentOperation<ModelRemovalRequest, Nothing, RemovedModel> Remove =
        new("model.remove", static () => ModelJson.Default);

    /// <summary>Checks the files of a repository in a cache of the rig.</summary>
    public static readonly AgentOperation<ModelTestRequest, ModelTestReport, Nothing> Test =
        new("model.test", static () => ModelJson.Default);

    /// <summary>The detached work behind <see cref="Get"/>.</summary>
    public static readonly JobDefinition<ModelRequest, DownloadProgress, HfModel> Download =
        new("download", static () => ModelJson.Default);

    /// <summary>What makes two requests the same download: all of them but the token.</summary>
    /// <param name="request">The request.</param>
    /// <returns>32 hex digits.</returns>
    public static string KeyOf(ModelRequest request)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(request with { Token = null, TokenEndpoint = null }, ModelJson.Default.ModelRequest);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(json))[..32];
    }
}

/// <summary>A wish for a model on a rig.</summary>
/// <param name="Request">What is wanted. It holds the token: it travels inside the encrypted channel, and lies on the rig in a file of mode 0600 until the download has read it.</param>
/// <param name="Ticket">Made once a wish, so that asking again after a lost connection does not begin anew what has ended meanwhile.</param>
public sealed record ModelGetArgs(ModelRequest Request, string Ticket);

/// <summary>The models in a rig's cache.</summary>
/// <param name="Ids">Their ids on the Hub, in order.</param>
public sealed record ModelList(IReadOnlyList<string> Ids);

/// <summary>A cache of a rig.</summary>
/// <param name="Folder">Its folder; null is the one that the rig's environment names.</param>
public sealed record CacheReference(string? Folder);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ModelGetArgs))]
[JsonSerializable(typeof(ModelRequest))]
[JsonSerializable(typeof(DownloadProgress))]
[JsonSerializable(typeof(DownloadPlan))]
[JsonSerializable(typeof(HfModel))]
[JsonSerializable(typeof(HfModelFile[]))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(CacheReference))]
[JsonSerializable(typeof(CachedModel[]))]
[JsonSerializable(typeof(ModelRemovalRequest))]
[JsonSerializable(typeof(RemovedModel))]
[JsonSerializable(typeof(ModelTestRequest))]
[JsonSerializable(typeof(ModelTestReport))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class ModelJson : JsonSerializerContext;
