using System.Net.Http.Headers;

namespace LlmOps.Hub;

/// <summary>Opens ranges of one file. The signed address of its bytes is asked for once, and again when it is refused.</summary>
internal sealed class FileSource(HubClient client, HubHttp http, string commit, HubFile file, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _asking = new(1);
    private Uri? _location;

    /// <summary>Opens the file at a range.</summary>
    /// <param name="range">The bytes that are wanted, or null for all.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <returns>A 200 or 206.</returns>
    /// <exception cref="HubTransientException">It failed in a way that may pass.</exception>
    /// <exception cref="LlmOpsException">The Hub refuses.</exception>
    public async Task<HttpResponseMessage> OpenAsync(RangeHeaderValue? range, CancellationToken cancel)
    {
        var location = _location;
        if (location is null)
        {
            await _asking.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                if (_location is null)
                {
                    var found = await client.ResolveAsync(commit, file.Path, range, cancel).ConfigureAwait(false);
                    if (found.Body is { } body) return body;
                    _location = found.Location;
                }

                location = _location!;
            }
            finally
            {
                _asking.Release();
            }
        }

        var response = await http.GetAsync(location, range, cancel).ConfigureAwait(false);
        if (response.IsSuccessStatusCode) return response;
        using (response)
        {
            var status = (int)response.StatusCode;
            if (status is 408 or 429 or >= 500) throw new HubTransientException(HubErrors.Unavailable(location, status), RetryDelay.From(response, time));
            // Signed addresses expire; a fresh one is cheap.
            Interlocked.CompareExchange(ref _location, null, location);
            throw new HubTransientException(HubErrors.Unavailable(location, status), TimeSpan.Zero);
        }
    }

    /// <summary>Forgets the address, so that a fresh one is asked for.</summary>
    public void Forget() => _location = null;

    public void Dispose() => _asking.Dispose();
}
