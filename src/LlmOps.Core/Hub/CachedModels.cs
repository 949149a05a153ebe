namespace LlmOps.Hub;

/// <summary>The models that lie in a Hugging Face cache.</summary>
/// <param name="cache">The cache: the folder that <c>HF_HUB_CACHE</c> names.</param>
public sealed class CachedModels(string cache)
{
    private const string Prefix = "models--";

    /// <summary>The ids of all models that have at least one snapshot, in order. A cache that is not there or cannot be read holds none.</summary>
    public IReadOnlyList<string> List()
    {
        if (!Directory.Exists(cache)) return [];
        var folders = Directory.EnumerateDirectories(cache, Prefix + "*", new EnumerationOptions { IgnoreInaccessible = true });
        return [.. folders.Where(folder => Directory.Exists(Path.Join(folder, "snapshots"))).Select(IdOf).Order(StringComparer.OrdinalIgnoreCase)];
    }

    private static string IdOf(string folder) => Path.GetFileName(folder)[Prefix.Length..].Replace("--", "/", StringComparison.Ordinal);
}
