using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LlmOps.Hub.Xet;

namespace LlmOps.Hub;

/// <summary>What LlmOps asks of the Hub about one repository: a revision's commit, its files, and where a file's bytes are.</summary>
internal sealed class HubClient(HubHttp http, HubRepo repo, TimeProvider time)
{
    private const int MostRedirects = 5;
    private const int MostPages = 100_000;

    /// <summary>The commit that a revision means.</summary>
    /// <param name="revision">A branch, a tag, <c>refs/pr/1</c> or a commit.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="LlmOpsException">The Hub refuses, or can't be reached.</exception>
    public async Task<string> GetCommitAsync(string revision, CancellationToken cancel)
    {
        var address = new Uri(http.Endpoint, $"api/{repo.ApiPath}/revision/{Uri.EscapeDataString(revision)}");
        var (commit, _) = await Reader(revision).ReadAsync(
            address,
            body =>
            {
                using var info = JsonDocument.Parse(body);
                return info.RootElement.GetProperty("sha").GetString() is { Length: 40 } sha && sha.All(char.IsAsciiHexDigit) ? sha : throw new JsonException("There is no commit in it.");
            },
            cancel).ConfigureAwait(false);
        return commit;
    }

    /// <summary>All files of a commit.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="cancel">Ends the requests.</param>
    /// <exception cref="LlmOpsException">The Hub refuses, or can't be reached.</exception>
    public async Task<IReadOnlyList<HubFile>> ListFilesAsync(string commit, CancellationToken cancel)
    {
        var files = new Dictionary<string, HubFile>(StringComparer.Ordinal);
        Uri? next = new(http.Endpoint, $"api/{repo.ApiPath}/tree/{commit}?recursive=true&expand=false");
        for (var page = 0; next is { } address; page++)
        {
            if (page == MostPages) throw HubErrors.NotAHub(http.Endpoint, "its list of files does not end");
            (var found, next) = await Reader(commit).ReadAsync(address, HubTree.Parse, cancel).ConfigureAwait(false);
            foreach (var file in found) files[file.Path] = file;
        }

        return [.. files.Values];
    }

    /// <summary>Asks for a file's bytes. What comes back is either the answer with the bytes or the address, on another host, where they are.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="path">The file.</param>
    /// <param name="range">The bytes that are wanted, or null for all.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="HubTransientException">It failed in a way that may pass.</exception>
    /// <exception cref="LlmOpsException">The Hub refuses.</exception>
    public async Task<ResolvedFile> ResolveAsync(string commit, string path, RangeHeaderValue? range, CancellationToken cancel)
    {
        var escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var address = new Uri(http.Endpoint, $"{repo.PagePath}/resolve/{commit}/{escaped}");
        var fromHub = false;
        string? etag = null;
        for (var hop = 0; hop <= MostRedirects; hop++)
        {
            var response = await http.GetAsync(address, range, cancel).ConfigureAwait(false);
            fromHub |= HubAnswer.Header(response, "X-Repo-Commit") is not null;
            etag ??= HubAnswer.Header(response, "X-Linked-ETag");
            if (response.IsSuccessStatusCode && fromHub) return new ResolvedFile(null, response, etag);
            using (response)
            {
                if (HubAnswer.Redirect(response) is not { } target)
                    throw response.IsSuccessStatusCode ? new HubTransientException(HubErrors.NotAHub(http.Endpoint, "its answer lacks the header X-Repo-Commit")) : Failure(response, commit);
                address = target;
            }

            if (http.IsHub(address)) continue;
            if (!fromHub) throw new HubTransientException(HubErrors.NotAHub(http.Endpoint, $"it sends us to {address.Host}"));
            return new ResolvedFile(address, null, etag);
        }

        throw HubErrors.NotAHub(http.Endpoint, "it redirects without end");
    }

    /// <summary>What opens Xet storage for the files of a commit. It is asked for once: what fails here has another way.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="HubTransientException">It failed in a way that may pass.</exception>
    /// <exception cref="LlmOpsException">The Hub refuses.</exception>
    public async Task<XetToken> GetXetTokenAsync(string commit, CancellationToken cancel)
    {
        var address = new Uri(http.Endpoint, $"api/{repo.ApiPath}/xet-read-token/{commit}");
        var (token, _) = await Reader(commit).ReadOnceAsync(address, XetToken.Parse, cancel).ConfigureAwait(false);
        return token;
    }

    /// <summary>The name of a file's content, from the headers of its address; for files whose hash the listing hides.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancel">Ends the request.</param>
    public Task<string?> GetETagAsync(string commit, string path, CancellationToken cancel) =>
        Reader(commit).RepeatAsync(async () =>
        {
            var found = await ResolveAsync(commit, path, null, cancel).ConfigureAwait(false);
            using (found.Body) return (found.ETag ?? found.Body?.Headers.ETag?.Tag)?.Replace("W/", "", StringComparison.Ordinal).Trim('"');
        }, cancel);

    private HubReader Reader(string revision) => new(http, response => Failure(response, revision), time);

    private Exception Failure(HttpResponseMessage response, string revision) =>
        http.IsTokenRefused && response.StatusCode == HttpStatusCode.Unauthorized ? HubErrors.Unauthorized(http.Endpoint) : HubAnswer.Failure(response, repo, revision, http.Endpoint, http.HasToken, time);
}

/// <summary>Where a file's bytes are.</summary>
/// <param name="Location">An address on another host; null if the bytes came at once.</param>
/// <param name="Body">The answer with the bytes, or null.</param>
/// <param name="ETag">The name of the content as the Hub gives it with an address, or null.</param>
internal sealed record ResolvedFile(Uri? Location, HttpResponseMessage? Body, string? ETag);
