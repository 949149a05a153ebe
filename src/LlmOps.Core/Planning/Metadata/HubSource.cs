using System.Net.Http.Headers;
using LlmOps.Hub;

namespace LlmOps.Planning;

/// <summary>A model on the Hub: its list of files, and the beginnings of files by range.</summary>
/// <param name="client">The repository.</param>
/// <param name="http">The connection.</param>
/// <param name="id">Its name.</param>
/// <param name="commit">The commit.</param>
/// <param name="time">The clock.</param>
internal sealed class HubSource(HubClient client, HubHttp http, string id, string commit, TimeProvider time) : IMetadataSource
{
    private Task<IReadOnlyDictionary<string, long>>? _list;

    public string Name => id;

    public string? Commit => commit;

    public Task<IReadOnlyDictionary<string, long>> ListAsync(CancellationToken cancel) => _list ??= FetchListAsync(cancel);

    public async Task<byte[]?> ReadAsync(string path, int most, CancellationToken cancel)
    {
        try
        {
            return await new HubReader(http, response => HubAnswer.SearchFailure(response, http.Endpoint, time), time).RepeatAsync(() => ReadOnceAsync(path, most, cancel), cancel).ConfigureAwait(false);
        }
        catch (LlmOpsException missing) when (missing.ErrorId == "HubFileNotFound")
        {
            return null;
        }
    }

    private async Task<IReadOnlyDictionary<string, long>> FetchListAsync(CancellationToken cancel)
    {
        var files = await client.ListFilesAsync(commit, cancel).ConfigureAwait(false);
        return files.ToDictionary(file => file.Path, file => file.Size, StringComparer.Ordinal);
    }

    private async Task<byte[]> ReadOnceAsync(string path, int most, CancellationToken cancel)
    {
        var range = new RangeHeaderValue(0, most - 1);
        var found = await client.ResolveAsync(commit, path, range, cancel).ConfigureAwait(false);
        var response = found.Body ?? await http.GetAsync(found.Location!, range, cancel).ConfigureAwait(false);
        using (response)
        {
            if (!response.IsSuccessStatusCode) throw new HubTransientException(HubErrors.Unavailable(http.Endpoint, (int)response.StatusCode));
            try
            {
                var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
                await using var open = stream.ConfigureAwait(false);
                using var body = new MemoryStream();
                var buffer = new byte[Math.Min(most, 64 * 1024)];
                int count;
                while (body.Length < most && (count = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most - body.Length)), cancel).ConfigureAwait(false)) > 0) body.Write(buffer, 0, count);
                return body.ToArray();
            }
            catch (Exception broken) when (HubHttp.IsNetwork(broken))
            {
                throw new HubTransientException(HubErrors.Unreachable(http.Endpoint, HubHttp.Innermost(broken), broken));
            }
        }
    }
}
