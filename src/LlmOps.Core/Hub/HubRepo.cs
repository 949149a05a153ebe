using System.Text.RegularExpressions;

namespace LlmOps.Hub;

/// <summary>A repository of the Hub: its kind and its id, which is <c>owner/name</c> or, for a few old ones, <c>name</c>.</summary>
public sealed partial record HubRepo
{
    private HubRepo(HubRepoType type, string id)
    {
        Type = type;
        Id = id;
    }

    /// <summary>The kind.</summary>
    public HubRepoType Type { get; }

    /// <summary>The id, such as <c>Qwen/Qwen2.5-72B-Instruct-AWQ</c>.</summary>
    public string Id { get; }

    /// <summary>The path under <c>/api/</c>, such as <c>models/Qwen/Qwen3-8B</c>.</summary>
    public string ApiPath => $"{Kind}/{Id}";

    /// <summary>The path of the repository's page, such as <c>datasets/acme/data</c>; a model's has no prefix.</summary>
    public string PagePath => Type == HubRepoType.Model ? Id : ApiPath;

    /// <summary>The folder in the cache, such as <c>models--Qwen--Qwen3-8B</c>.</summary>
    public string FolderName => $"{Kind}--{Id.Replace("/", "--", StringComparison.Ordinal)}";

    private string Kind => Type switch { HubRepoType.Dataset => "datasets", HubRepoType.Space => "spaces", _ => "models" };

    /// <summary>Reads an id by the Hub's rules: letters, digits, <c>-</c>, <c>_</c>, <c>.</c>, at most 96 in the name, no <c>--</c> or <c>..</c>, not ending in <c>.git</c>.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="id">The id.</param>
    /// <exception cref="LlmOpsException"><c>ModelIdInvalid</c>.</exception>
    public static HubRepo Parse(HubRepoType type, string id) =>
        Shape().IsMatch(id) && !id.Contains("--", StringComparison.Ordinal) && !id.Contains("..", StringComparison.Ordinal)
        && !id.EndsWith(".git", StringComparison.OrdinalIgnoreCase)
            ? new HubRepo(type, id)
            : throw HubErrors.IdInvalid(id);

    /// <summary>The repository whose folder in the cache has this name; null if it is no such name.</summary>
    /// <param name="name">The name, such as <c>models--Qwen--Qwen3-8B</c>.</param>
    internal static HubRepo? FromFolderName(string name)
    {
        if (name.Split("--", 2) is not [var kind, var rest] || rest.Length == 0) return null;
        HubRepoType? type = kind switch { "models" => HubRepoType.Model, "datasets" => HubRepoType.Dataset, "spaces" => HubRepoType.Space, _ => null };
        var id = rest.Replace("--", "/", StringComparison.Ordinal);
        return type is { } known && Shape().IsMatch(id) ? new HubRepo(known, id) : null;
    }

    /// <summary>The id.</summary>
    public override string ToString() => Id;

    [GeneratedRegex(@"\A([A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?/)?[A-Za-z0-9_]([A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?\z")]
    private static partial Regex Shape();
}
