namespace LlmOps.Hub;

/// <summary>The repositories that lie in a Hugging Face cache, whichever program has put them there.</summary>
/// <param name="cache">The cache: the folder that <c>HF_HUB_CACHE</c> names.</param>
public sealed class CachedModels(string cache)
{
    /// <summary>The ids of all models that have at least one snapshot, in order. A cache that is not there or cannot be read holds none.</summary>
    public IReadOnlyList<string> List() =>
        !Directory.Exists(cache) ? []
        : [.. Directory.EnumerateDirectories(cache, "models--*", new EnumerationOptions { IgnoreInaccessible = true })
            .Where(folder => Directory.Exists(Path.Join(folder, "snapshots"))).Select(folder => HubRepo.FromFolderName(Path.GetFileName(folder))?.Id).OfType<string>().Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>All repositories with their commits, sizes and times, in the order of their ids; also those of which only a part has arrived.</summary>
    /// <exception cref="LlmOpsException"><c>CacheUnreadable</c>.</exception>
    public IReadOnlyList<CachedModel> Describe()
    {
        try
        {
            return [.. CachedRepo.List(cache).Select(repo => repo.Describe())];
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw HubErrors.CacheUnreadable(cache, refused);
        }
    }
}
