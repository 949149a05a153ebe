using System.Runtime.InteropServices;
using LlmOps.Hub.Xet;

namespace LlmOps.Hub;

/// <summary>
/// Puts a repository of the Hub on this machine: lists it, looks what is here, fetches the rest over many connections, verifies all that
/// it fetches, and goes on after an interruption where it was. The same code runs on the workstation and on a rig.
/// </summary>
public sealed class ModelDownload
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>An exbibyte: larger sizes are no sizes, and their sum would not fit a number.</summary>
    private const long MostBytes = 1L << 60;

    private readonly ModelRequest _request;
    private readonly HubEnvironment _environment;
    private readonly TimeProvider _time;
    private readonly TransferLimits _limits;
    private readonly HubRepo _repo;
    private readonly IModelStore _store;

    /// <summary>Prepares a download; nothing is asked of the Hub yet.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="LlmOpsException"><c>ModelIdInvalid</c>, <c>RevisionInvalid</c>, <c>SelectionConflict</c>, <c>HubVariableInvalid</c>.</exception>
    public ModelDownload(ModelRequest request, HubEnvironment environment, TimeProvider time)
        : this(request, environment, time, new TransferLimits())
    {
    }

    internal ModelDownload(ModelRequest request, HubEnvironment environment, TimeProvider time, TransferLimits limits)
    {
        _request = request;
        _environment = environment;
        _time = time;
        _limits = limits with { Headers = environment.AnswerTimeout ?? limits.Headers, Stall = environment.DownloadTimeout ?? limits.Stall };
        _repo = HubRepo.Parse(request.RepoType, request.Id);
        if (request.Quantization is not null && request.Include.Count > 0) throw HubErrors.SelectionConflict("Quantization", "Include");
        if (request.Quantization is not null && request.TakesAll) throw HubErrors.SelectionConflict("Quantization", "All");
        if (!SafePath.IsSafe(request.Revision, forWindows: true)) throw HubErrors.RevisionInvalid(request.Revision);
        _store = request.LocalFolder is { } local
            ? new LocalFolderStore(environment.Expand(local), time)
            : new CacheStore(environment.CacheAt(request.CacheFolder), _repo, environment.AvoidsSymbolicLinks);
    }

    /// <summary>Says what would be fetched, and fetches nothing.</summary>
    /// <param name="cancel">Ends the requests.</param>
    /// <exception cref="LlmOpsException">What <see cref="RunAsync"/> would fail with before it fetches: the Hub refuses, a file's name is unsafe, the volume is too small or cannot be written.</exception>
    public async Task<DownloadPlan> PlanAsync(CancellationToken cancel)
    {
        using var http = Connect();
        var plan = Plan(await ListAsync(new HubClient(http, _repo, _time), cancel).ConfigureAwait(false));
        Refuse(plan);
        if (plan.MissingFileCount > 0) WriteProbe.Try(_store.Folder);
        return plan with { Warnings = Warnings(http) };
    }

    /// <summary>The files of the repository that match the patterns, in the order of their paths; fetches none of them.</summary>
    /// <param name="cancel">Ends the requests.</param>
    /// <exception cref="LlmOpsException">The Hub refuses or can't be reached.</exception>
    public async Task<IReadOnlyList<HfModelFile>> FilesAsync(CancellationToken cancel)
    {
        using var http = Connect();
        var (commit, tree) = await ReadTreeAsync(new HubClient(http, _repo, _time), cancel).ConfigureAwait(false);
        var selection = new FileSelection(_request.Include, _request.Exclude);
        var isDefault = new WeightChoice(_repo, tree).Defaults.ToHashSet();
        return [.. tree.Where(file => selection.Selects(file.Path)).OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => Describe(commit, file, isDefault.Contains(file)))];
    }

    /// <summary>Fetches what is missing.</summary>
    /// <param name="report">Called about five times a second with how far it is, on any thread; or null.</param>
    /// <param name="cancel">Stops it; what has arrived is kept for the next time.</param>
    /// <exception cref="LlmOpsException">
    /// The Hub refuses (<c>RepositoryNotFound</c>, <c>GatedRepository</c>, <c>RevisionNotFound</c>, <c>HubUnauthorized</c>, <c>HubRateLimited</c>, <c>XetUnavailable</c>) or can't be reached
    /// (<c>HubUnreachable</c>, <c>HubUnavailable</c>, <c>NotAHub</c>); a file's name is unsafe; the volume is full; what arrives is damaged each time.
    /// </exception>
    public async Task<HfModel> RunAsync(Action<DownloadProgress>? report, CancellationToken cancel)
    {
        using var http = Connect();
        var client = new HubClient(http, _repo, _time);
        report?.Invoke(new DownloadProgress());
        var listing = await ListAsync(client, cancel).ConfigureAwait(false);
        var plan = Plan(listing);
        Refuse(plan);
        var meter = new TransferMeter(_time, plan.Size, plan.FileCount);
        try
        {
            _store.Begin();
            using var xet = XetTransport.Prepare(Transport, listing.Commit, listing.Selected, client, http, _limits, meter, _time);
            var transfer = new ModelTransfer(_store, listing.Commit, client, http, _limits, meter, xet, _time);
            await ReportWhileAsync(transfer.RunAsync(listing.Selected.OrderByDescending(file => file.Size), cancel), meter, report).ConfigureAwait(false);
            _store.End(_request.Revision, listing.Commit, listing.Tree);
        }
        catch (IOException full) when (DiskSpace.IsFull(full))
        {
            throw HubErrors.DiskFull(_store.Folder, plan.Size - meter.Read().BytesDone, DiskSpace.Free(_store.Folder) ?? 0);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            // Who only wants to know where a complete model is need not be able to write there.
            if (!IsInPlace(listing)) throw HubErrors.FolderNotWritable(_store.Folder, refused);
        }

        return new HfModel
        {
            Id = _repo.Id,
            RepoType = _repo.Type,
            Revision = _request.Revision,
            Commit = listing.Commit,
            Path = plan.Path,
            Size = plan.Size,
            FileCount = plan.FileCount,
            Downloaded = meter.Fetched,
            LeftOut = plan.LeftOut,
            Warnings = Warnings(http),
        };
    }

    private static async Task ReportWhileAsync(Task transfer, TransferMeter meter, Action<DownloadProgress>? report)
    {
        using var timer = new PeriodicTimer(ReportInterval);
        while (!transfer.IsCompleted)
        {
            report?.Invoke(meter.Read());
            await Task.WhenAny(transfer, timer.WaitForNextTickAsync(CancellationToken.None).AsTask()).ConfigureAwait(false);
        }

        await transfer.ConfigureAwait(false);
        report?.Invoke(meter.Read());
    }

    private HfTransport Transport => _request.Transport == HfTransport.Auto && _environment.AvoidsXet ? HfTransport.Http : _request.Transport;

    private static string[] Warnings(HubHttp http) => http.IsTokenRefused
        ? [$"{http.Endpoint.Host} does not know the token of HF_TOKEN, HF_TOKEN_PATH or the token file; it was left out. Make a new one at https://huggingface.co/settings/tokens, or remove the old one."] : [];

    /// <summary>Connects to the environment's Hub, with a token only if it is meant for that Hub.</summary>
    internal static HubHttp Connect(HubEnvironment environment, string? token, Uri? tokenEndpoint, TransferLimits limits, TimeProvider time)
    {
        var endpoint = environment.Endpoint;
        var given = tokenEndpoint is null || tokenEndpoint == endpoint ? token : null;
        return new HubHttp(environment, given ?? environment.FindToken(), given is not null && tokenEndpoint is null, limits.Headers, time);
    }

    private HubHttp Connect() => Connect(_environment, _request.Token, _request.TokenEndpoint, _limits, _time);

    private HfModelFile Describe(string commit, HubFile file, bool isDefault)
    {
        var traits = ModelFileTraits.Of(file.Path);
        return new HfModelFile
        {
            Id = _repo.Id,
            RepoType = _repo.Type,
            Revision = _request.Revision,
            Commit = commit,
            Path = file.Path,
            Size = file.Size,
            Kind = traits.Kind,
            Format = traits.Format,
            Quantization = traits.Quantization,
            IsLarge = file.IsLarge,
            Sha256 = file.IsMasked ? null : file.Sha256,
            BlobId = file.BlobId,
            IsCached = !file.IsMasked && SafePath.IsSafe(file.Path, OperatingSystem.IsWindows()) && _store.Find(commit, file) != FilePresence.Absent,
            IsDefault = isDefault,
        };
    }

    private async Task<(string Commit, IReadOnlyList<HubFile> Tree)> ReadTreeAsync(HubClient client, CancellationToken cancel)
    {
        var commit = LowerHex.IsCommit(_request.Revision) ? _request.Revision
            : _environment.IsOffline ? _store.ReadRevision(_request.Revision) ?? throw HubErrors.Offline(_repo, $"'{_request.Revision}' is not known")
            : await client.GetCommitAsync(_request.Revision, cancel).ConfigureAwait(false);
        var tree = _store.ReadTree(commit);
        if (tree is null && _environment.IsOffline) throw HubErrors.Offline(_repo, "its list of files is not known");
        tree ??= await client.ListFilesAsync(commit, cancel).ConfigureAwait(false);
        if (tree.Sum(file => (decimal)file.Size) > MostBytes) throw HubErrors.NotAHub(_environment.Endpoint, "its files claim to be larger than any volume");
        return (commit, tree);
    }

    private async Task<Listing> ListAsync(HubClient client, CancellationToken cancel)
    {
        var (commit, tree) = await ReadTreeAsync(client, cancel).ConfigureAwait(false);
        var choice = Choose(tree);
        var selected = new List<HubFile>();
        foreach (var file in choice.Files)
        {
            SafePath.Validate(file.Path);
            selected.Add(file.IsMasked ? await UnmaskAsync(client, commit, file, cancel).ConfigureAwait(false) : file);
        }

        if (selected.Count == 0) throw HubErrors.NothingSelected(_repo, tree.Count);
        RefuseCaseClash(selected);
        if (_request.Transport == HfTransport.Xet) RequireXet(selected);
        return new Listing(commit, tree, selected, choice.LeftOut);
    }

    private FileChoice Choose(IReadOnlyList<HubFile> tree)
    {
        var selection = new FileSelection(_request.Include, _request.Exclude);
        List<HubFile> wanted = [.. tree.Where(file => selection.Selects(file.Path))];
        return _request.TakesAll || _request.Include.Count > 0 ? new FileChoice(wanted, []) : new WeightChoice(_repo, wanted).Choose(_request.Quantization);
    }

    private async Task<HubFile> UnmaskAsync(HubClient client, string commit, HubFile file, CancellationToken cancel)
    {
        var etag = await client.GetETagAsync(commit, file.Path, cancel).ConfigureAwait(false) ?? "";
        var known = file.IsLarge ? file with { Sha256 = etag } : file with { BlobId = etag };
        return known.IsMasked ? throw HubErrors.NotAHub(_environment.Endpoint, $"it does not tell the hash of '{file.Path}'") : known;
    }

    private static void RefuseCaseClash(IEnumerable<HubFile> files)
    {
        if (!OperatingSystem.IsWindows() && !RuntimeInformation.IsOSPlatform(OSPlatform.OSX)) return;
        if (files.GroupBy(file => file.Path, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } clash)
            throw HubErrors.PathUnsafe(string.Join("' and '", clash.Select(file => file.Path)));
    }

    private void RequireXet(IEnumerable<HubFile> files)
    {
        if (_environment.AvoidsXet) throw HubErrors.XetUnavailable(_repo, "HF_HUB_DISABLE_XET is set on the machine that fetches.");
        if (!files.Any(file => XetTransport.HashOf(file) is not null)) throw HubErrors.XetUnavailable(_repo, "none of the selected files is stored there.");
    }

    private void Refuse(DownloadPlan plan)
    {
        if (_environment.IsOffline && plan.MissingFileCount > 0) throw HubErrors.Offline(_repo, $"{plan.MissingFileCount} of {plan.FileCount} files are missing");
        if (plan.Free is { } free && plan.MissingSize > free) throw HubErrors.DiskFull(_store.Folder, plan.MissingSize, free);
    }

    private DownloadPlan Plan(Listing listing)
    {
        var missing = listing.Selected.Where(file => _store.Find(listing.Commit, file) == FilePresence.Absent).DistinctBy(file => (_store.PartialPath(file), file.ETag)).ToList();
        return new DownloadPlan
        {
            Id = _repo.Id,
            Endpoint = _environment.Endpoint,
            Revision = _request.Revision,
            Commit = listing.Commit,
            Path = _store.FolderOf(listing.Commit),
            FileCount = listing.Selected.Count,
            Size = listing.Selected.Sum(file => file.Size),
            MissingFileCount = missing.Count,
            MissingSize = missing.Sum(file => file.Size - ArrivedOf(file)),
            Free = DiskSpace.Free(_store.Folder),
            LeftOut = listing.LeftOut,
        };
    }

    private bool IsInPlace(Listing listing) => listing.Selected.All(file =>
        _store.Find(listing.Commit, file) == FilePresence.Present && File.Exists(Path.Join(_store.FolderOf(listing.Commit), SafePath.Validate(file.Path))));

    private long ArrivedOf(HubFile file) => PartialFile.Arrived(file, _store.PartialPath(file), _store.StatePath(file));

    private sealed record Listing(string Commit, IReadOnlyList<HubFile> Tree, IReadOnlyList<HubFile> Selected, IReadOnlyList<LeftOutFiles> LeftOut);
}
