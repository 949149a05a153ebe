using System.Text.RegularExpressions;

namespace LlmOps.Hub;

/// <summary>
/// Reads every file of a repository in the cache and compares it with the hash that the Hub lists: SHA-256 for large files, git's blob id
/// for the rest. The list comes from the cache, else from the Hub, else from the contents' own names. Files that were never fetched are not missing.
/// </summary>
public sealed partial class ModelTest
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(200);
    private static readonly string[] Unreachable = ["HubUnreachable", "HubUnavailable", "HubRateLimited", "NotAHub"];
    private static readonly int AtOnce = Math.Clamp(Environment.ProcessorCount, 1, 4);

    private readonly ModelTestRequest _request;
    private readonly HubEnvironment _environment;
    private readonly TimeProvider _time;
    private readonly CachedRepo _repo;
    private readonly IReadOnlyList<CachedSnapshot> _snapshots;
    private readonly Dictionary<(string Path, string ETag), Task<bool>> _matches = [];
    private long _read;

    /// <summary>Looks at what is there; reads nothing of it yet.</summary>
    /// <param name="request">What to check.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="LlmOpsException"><c>ModelIdInvalid</c>, <c>ModelNotCached</c>, <c>RevisionNotCached</c>.</exception>
    public ModelTest(ModelTestRequest request, HubEnvironment environment, TimeProvider time)
    {
        _request = request;
        _environment = environment;
        _time = time;
        _repo = CachedRepo.Open(environment.CacheAt(request.CacheFolder), HubRepo.Parse(request.RepoType, request.Id));
        _snapshots = request.Revisions.Count == 0 ? _repo.Snapshots : _repo.Find(request.Revisions);
    }

    /// <summary>Checks all files, some at once, and reports them in the order of their paths.</summary>
    /// <param name="report">Called with each file, and about five times a second while one is being read.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task RunAsync(Func<ModelTestReport, ValueTask> report, CancellationToken cancel)
    {
        var checks = new List<Check>();
        foreach (var snapshot in _snapshots) checks.AddRange(Checks(snapshot, await ListAsync(snapshot, cancel).ConfigureAwait(false)));
        var total = checks.Where(check => check.Listed is not null && check.IsWhole).DistinctBy(check => check.File!.Content).Sum(check => check.File!.Size ?? 0);
        var running = new Queue<Task<TestedModelFile>>();
        var next = 0;
        while (next < checks.Count || running.Count > 0)
        {
            while (running.Count < AtOnce && next < checks.Count)
            {
                var check = checks[next++];
                running.Enqueue(Task.Run(() => TestAsync(check, cancel), cancel));
            }

            var first = running.Dequeue();
            while (await Task.WhenAny(first, Task.Delay(ReportInterval, _time, cancel)).ConfigureAwait(false) != first)
            {
                cancel.ThrowIfCancellationRequested();
                await report(new ModelTestReport(null, Interlocked.Read(ref _read), total)).ConfigureAwait(false);
            }

            await report(new ModelTestReport(await first.ConfigureAwait(false), Interlocked.Read(ref _read), total)).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<HubFile>?> ListAsync(CachedSnapshot snapshot, CancellationToken cancel)
    {
        if (_repo.ReadTree(snapshot.Commit) is { } kept) return kept;
        if (_environment.IsOffline) return null;
        try
        {
            using var http = ModelDownload.Connect(_environment, _request.Token, _request.TokenEndpoint, new TransferLimits(), _time);
            var list = await new HubClient(http, _repo.Repo, _time).ListFilesAsync(snapshot.Commit, cancel).ConfigureAwait(false);
            return list.Any(file => file.IsMasked) ? null : list;
        }
        catch (LlmOpsException failure) when (Unreachable.Contains(failure.ErrorId))
        {
            return null;
        }
    }

    private static IEnumerable<Check> Checks(CachedSnapshot snapshot, IReadOnlyList<HubFile>? list)
    {
        var here = snapshot.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        if (list is null) return here.Values.Select(file => new Check(snapshot.Commit, file.Path, file.Listed, file));
        var sets = here.Keys.Where(path => Part().IsMatch(path)).Select(path => Part().Replace(path, "")).ToHashSet(StringComparer.Ordinal);
        var listed = list.ToDictionary(file => file.Path, StringComparer.Ordinal);
        return here.Values.Select(file => new Check(snapshot.Commit, file.Path, listed.GetValueOrDefault(file.Path), file))
            .Concat(list.Where(file => !here.ContainsKey(file.Path) && Part().IsMatch(file.Path) && sets.Contains(Part().Replace(file.Path, ""))).Select(file => new Check(snapshot.Commit, file.Path, file, null)))
            .OrderBy(check => check.Path, StringComparer.Ordinal);
    }

    private async Task<TestedModelFile> TestAsync(Check check, CancellationToken cancel)
    {
        var result = new TestedModelFile
        {
            Id = _repo.Repo.Id,
            RepoType = _repo.Repo.Type,
            Commit = check.Commit,
            Path = check.Path,
            Verdict = await JudgeAsync(check, cancel).ConfigureAwait(false),
            Size = check.Listed?.Size,
            ActualSize = check.File?.Size,
            Hash = check.Listed?.ETag,
            CacheDir = _repo.Cache,
        };
        if (_request.DiscardsWrong && result.Verdict is FileVerdict.Truncated or FileVerdict.Corrupt) Discard(check);
        return result;
    }

    private async Task<FileVerdict> JudgeAsync(Check check, CancellationToken cancel)
    {
        if (check.File?.Size is not { } size) return FileVerdict.Missing;
        if (check.Listed is not { } listed) return FileVerdict.Extra;
        if (size != listed.Size) return FileVerdict.Truncated;
        Task<bool> matching;
        lock (_matches)
        {
            var key = (check.File.Content, listed.ETag);
            if (!_matches.TryGetValue(key, out matching!))
                _matches[key] = matching = ContentDigest.MatchesAsync(listed, check.File.Content, count => Interlocked.Add(ref _read, count), cancel);
        }

        return await matching.ConfigureAwait(false) ? FileVerdict.Ok : FileVerdict.Corrupt;
    }

    private void Discard(Check check)
    {
        var path = Path.Join(_repo.Cache, ".locks", _repo.Repo.FolderName, check.Listed!.ETag + ".lock");
        using var held = FileLock.TryTake(path) ?? throw HubErrors.Busy(_repo.Repo, path);
        File.Delete(check.File!.Content);
    }

    [GeneratedRegex(@"-[0-9]{5}-of-[0-9]{5}(?=\.[^/]*\z)")]
    private static partial Regex Part();

    private sealed record Check(string Commit, string Path, HubFile? Listed, CachedFile? File)
    {
        public bool IsWhole => File?.Size == Listed?.Size;
    }
}
