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
    /// <exception cref="LlmOpsException"><c>ModelIdInvalid</c>, <c>RevisionInvalid</c>, <c>HubVariableInvalid</c>.</exception>
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
        if (!SafePath.IsSafe(request.Revision, forWindows: true)) throw HubErrors.RevisionInvalid(request.Revision);
        _store = request.LocalFolder is { } local
            ? new LocalFolderStore(environment.Expand(local), time)
            : new CacheStore(request.CacheFolder is { } cache ? environment.Expand(cache) : environment.CacheFolder, _repo, environment.AvoidsSymbolicLinks);
    }

    /// <summary>Says what would be fetched, and fetches nothing.</summary>
    /// <param name="cancel">Ends the requests.</param>
    /// <exception cref="LlmOpsException">The Hub refuses or can't be reached, or a file's name is unsafe.</exception>
    public async Task<DownloadPlan> PlanAsync(CancellationToken cancel)
    {
        using var http = Connect();
        var listing = await ListAsync(new HubClient(http, _repo, _time), cancel).ConfigureAwait(false);
        return Plan(listing);
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
        if (_environment.IsOffline && plan.MissingFileCount > 0) throw HubErrors.Offline(_repo, $"{plan.MissingFileCount} of {plan.FileCount} files are missing");
        if (plan.Free is { } free && plan.MissingSize > free) throw HubErrors.DiskFull(_store.Folder, plan.MissingSize, free);
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
            throw HubErrors.FolderNotWritable(_store.Folder, refused);
        }

        return new HfModel
        {
            Id = _repo.Id, Revision = _request.Revision, Commit = listing.Commit, Path = plan.Path,
            Size = plan.Size, FileCount = plan.FileCount, Downloaded = meter.Fetched,
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

    private HubHttp Connect()
    {
        var endpoint = _environment.Endpoint;
        var given = _request.TokenEndpoint is null || _request.TokenEndpoint == endpoint ? _request.Token : null;
        return new HubHttp(_environment, given ?? _environment.FindToken(), _limits.Headers, _time);
    }

    private async Task<Listing> ListAsync(HubClient client, CancellationToken cancel)
    {
        var isCommit = _request.Revision is { Length: 40 } hash && hash.All(char.IsAsciiHexDigitLower);
        var commit = isCommit ? _request.Revision
            : _environment.IsOffline ? _store.ReadRevision(_request.Revision) ?? throw HubErrors.Offline(_repo, $"'{_request.Revision}' is not known")
            : await client.GetCommitAsync(_request.Revision, cancel).ConfigureAwait(false);
        var tree = _store.ReadTree(commit);
        if (tree is null && _environment.IsOffline) throw HubErrors.Offline(_repo, "its list of files is not known");
        tree ??= await client.ListFilesAsync(commit, cancel).ConfigureAwait(false);
        var selection = new FileSelection(_request.Include, _request.Exclude);
        var selected = new List<HubFile>();
        foreach (var file in tree.Where(file => selection.Selects(file.Path)))
        {
            SafePath.Validate(file.Path);
            selected.Add(file.IsMasked ? await UnmaskAsync(client, commit, file, cancel).ConfigureAwait(false) : file);
        }

        if (selected.Count == 0) throw HubErrors.NothingSelected(_repo, tree.Count);
        if (selected.Sum(file => (decimal)file.Size) > MostBytes) throw HubErrors.NotAHub(_environment.Endpoint, "its files claim to be larger than any volume");
        RefuseCaseClash(selected);
        if (_request.Transport == HfTransport.Xet) RequireXet(selected);
        return new Listing(commit, tree, selected);
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

    private DownloadPlan Plan(Listing listing)
    {
        var missing = listing.Selected.Where(file => _store.Find(listing.Commit, file) == FilePresence.Absent).DistinctBy(file => (_store.PartialPath(file), file.ETag)).ToList();
        return new DownloadPlan
        {
            Id = _repo.Id,
            Commit = listing.Commit,
            Path = _store.FolderOf(listing.Commit),
            FileCount = listing.Selected.Count,
            Size = listing.Selected.Sum(file => file.Size),
            MissingFileCount = missing.Count,
            MissingSize = missing.Sum(file => file.Size - ArrivedOf(file)),
            Free = DiskSpace.Free(_store.Folder),
        };
    }

    private long ArrivedOf(HubFile file) => PartialFile.Arrived(file, _store.PartialPath(file), _store.StatePath(file));

    private sealed record Listing(string Commit, IReadOnlyList<HubFile> Tree, IReadOnlyList<HubFile> Selected);
}
