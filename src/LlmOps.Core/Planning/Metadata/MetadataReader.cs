using LlmOps.Hub;

namespace LlmOps.Planning;

/// <summary>
/// Reads what planning needs and no weights: config.json, the sizes of the weight files from the list, and the header of a GGUF file. The index of a repository with hundreds of files
/// has many megabytes, and the headers of its files too; their sizes tell the same to a thousandth, and come with the list.
/// </summary>
/// <param name="environment">The environment's variables.</param>
/// <param name="time">The clock.</param>
public sealed class MetadataReader(HubEnvironment environment, TimeProvider time)
{
    private const int MostConfig = 512 * 1024;
    private const string Index = "model.safetensors.index.json";
    private const int MostIndex = 32 * 1024 * 1024;
    private const int GgufBeginning = 256 * 1024;
    private const int GgufMost = 32 * 1024 * 1024;

    /// <summary>Reads a model's metadata.</summary>
    /// <param name="model">A repository of the Hub, a folder, or a GGUF file. A repository that lies in the cache is read there.</param>
    /// <param name="revision">The revision of a repository.</param>
    /// <param name="quantization">Of several GGUF files, which; null where there is one.</param>
    /// <param name="token">The token for the Hub, or null for this machine's own.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="LlmOpsException">There is no such model, its config makes no sense, or the Hub refuses; <c>MetadataOffline</c> says what is missing where nothing may be asked.</exception>
    public async Task<ModelMetadata> ReadAsync(string model, string revision, string? quantization, string? token, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (LocalPath(model) is { } path)
        {
            if (File.Exists(path)) return await GgufAsync(new FolderSource(Path.GetDirectoryName(path)!, path), Path.GetFileName(path), cancel).ConfigureAwait(false);
            return await ReadAsync(new FolderSource(path), quantization, cancel).ConfigureAwait(false);
        }

        var (id, tag) = model.Split(':', 2) is [var before, var after] ? (before, after) : (model, quantization);
        var repo = HubRepo.Parse(HubRepoType.Model, id);
        if (Cached(repo, revision) is { } snapshot) return (await ReadAsync(new FolderSource(snapshot.Folder, id), tag, cancel).ConfigureAwait(false)) with { Commit = snapshot.Commit };
        if (environment.IsOffline) throw PlanningErrors.MetadataOffline(id);
        using var http = ModelDownload.Connect(environment, token, null, new TransferLimits { Headers = environment.AnswerTimeout ?? new TransferLimits().Headers }, time);
        var client = new HubClient(http, repo, time);
        var commit = LowerHex.IsCommit(revision) ? revision : await client.GetCommitAsync(revision, cancel).ConfigureAwait(false);
        return await ReadAsync(new HubSource(client, http, id, commit, time), tag, cancel).ConfigureAwait(false);
    }

    private static async Task<ModelMetadata> ReadAsync(IMetadataSource source, string? quantization, CancellationToken cancel)
    {
        // All at once: a round trip costs more than a file that is not there.
        var (listing, config, quant) = (source.ListAsync(cancel), source.ReadAsync("config.json", MostConfig, cancel), source.ReadAsync("hf_quant_config.json", MostConfig, cancel));
        await Task.WhenAll(listing, config, quant).ConfigureAwait(false);
        var files = await listing.ConfigureAwait(false);
        var weights = new WeightChoice(RepoOf(source.Name), files.Select(file => new HubFile(file.Key, file.Value, "", null, null)));
        if (quantization is not null && weights.Quantizations.Count > 0 || await config.ConfigureAwait(false) is null && weights.Quantizations.Count > 0)
        {
            var gguf = weights.Choose(quantization).Files.Where(file => ModelFileTraits.Of(file.Path).Quantization is not null).OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
            var read = await GgufAsync(source, gguf[0].Path, cancel).ConfigureAwait(false);
            return read with { WeightBytes = gguf.Sum(file => file.Size), GgufQuantization = ModelFileTraits.Of(gguf[0].Path).Quantization };
        }

        if (await config.ConfigureAwait(false) is not { } json) throw PlanningErrors.ConfigUnreadable($"'{source.Name}' has no config.json and no GGUF file", null);
        var architecture = ModelConfigReader.Read(json, await quant.ConfigureAwait(false));
        var bytes = weights.Defaults.Where(file => ModelFileTraits.Of(file.Path) is { Kind: ModelFileKind.Weights } && !file.Path.EndsWith(".json", StringComparison.Ordinal)).Sum(file => file.Size);
        var estimate = WeightEstimate.Of(architecture);

        // Pointers of Git's large file storage, and the stand-ins of a simulated repository, are far too small; the index of the real files then tells their size.
        // In a folder the index costs nothing, and tells what a snapshot that is not whole would have.
        if (bytes < estimate / 4) bytes = await IndexedSizeAsync(source, files, cancel).ConfigureAwait(false);
        else if (source is FolderSource) bytes = Math.Max(bytes, await IndexedSizeAsync(source, files, cancel).ConfigureAwait(false));
        return new ModelMetadata
        {
            Name = source.Name,
            Commit = source.Commit,
            Architecture = architecture,
            WeightBytes = bytes > 0 ? bytes : estimate,
            WeightSource = bytes > 0 ? "files" : "config",
        };
    }

    private static HubRepo RepoOf(string name)
    {
        try
        {
            return HubRepo.Parse(HubRepoType.Model, name);
        }
        catch (LlmOpsException)
        {
            return HubRepo.Parse(HubRepoType.Model, "model"); // a folder, whose name only messages would show
        }
    }

    private static async Task<long> IndexedSizeAsync(IMetadataSource source, IReadOnlyDictionary<string, long> files, CancellationToken cancel) =>
        files.ContainsKey(Index) && await source.ReadAsync(Index, MostIndex, cancel).ConfigureAwait(false) is { } json && SafetensorsIndex.TotalSize(json) is { } total ? total : 0;

    private static async Task<ModelMetadata> GgufAsync(IMetadataSource source, string path, CancellationToken cancel)
    {
        var files = await source.ListAsync(cancel).ConfigureAwait(false);
        for (var most = GgufBeginning; ; most *= 8)
        {
            var bytes = await source.ReadAsync(path, most, cancel).ConfigureAwait(false) ?? throw PlanningErrors.GgufUnreadable(path, "it is not there");
            var header = GgufHeader.Read(bytes, path);
            if (!header.IsComplete && bytes.Length == most && most < GgufMost) continue;
            return new ModelMetadata
            {
                Name = source.Name,
                Commit = source.Commit,
                Architecture = GgufArchitecture.Of(header, path),
                WeightBytes = files.GetValueOrDefault(path),
                WeightSource = "files",
                IsGguf = true,
                GgufQuantization = ModelFileTraits.Of(path).Quantization ?? "gguf",
            };
        }
    }

    private CachedSnapshot? Cached(HubRepo repo, string revision)
    {
        if (!Directory.Exists(Path.Join(environment.CacheFolder, repo.FolderName))) return null;
        var cached = CachedRepo.Open(environment.CacheFolder, repo);
        var commit = cached.Refs.GetValueOrDefault(revision, revision);
        // A snapshot whose weights are not all there would look too small.
        return cached.Snapshots.FirstOrDefault(snapshot => snapshot.Commit == commit && snapshot.Files.Any(file => file.Path == "config.json") && cached.Partials.Count == 0 && IsWhole(snapshot));
    }

    private static bool IsWhole(CachedSnapshot snapshot) => snapshot.Files.Any(file => ModelFileTraits.Of(file.Path) is { Kind: ModelFileKind.Weights } && !file.Path.EndsWith(".json", StringComparison.Ordinal));

    private static string? LocalPath(string model)
    {
        var path = model.StartsWith("~/", StringComparison.Ordinal) ? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), model[2..]) : model;
        var isPath = Path.IsPathRooted(path) || model.StartsWith('.') || model.StartsWith("~/", StringComparison.Ordinal) || model.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) || File.Exists(Path.Join(path, "config.json"));
        if (!isPath) return null;
        return Directory.Exists(path) || File.Exists(path) ? Path.GetFullPath(path) : throw PlanningErrors.ModelNotFound(model);
    }
}
