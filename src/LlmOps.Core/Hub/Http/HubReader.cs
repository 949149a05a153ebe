using System.Text.Json;

namespace LlmOps.Hub;

/// <summary>Reads what the Hub's API answers: follows redirects and pages, tries again what may pass, and names what does not.</summary>
/// <param name="http">The connection.</param>
/// <param name="refusal">Names the failure that an answer stands for.</param>
/// <param name="time">The clock.</param>
internal sealed class HubReader(HubHttp http, Func<HttpResponseMessage, Exception> refusal, TimeProvider time)
{
    private const int Attempts = 6;
    private const int MostRedirects = 5;

    /// <summary>A page of a thousand files has less than half a mebibyte; a mirror may send all on one page.</summary>
    private const int LongestAnswer = 256 * 1024 * 1024;

    private static readonly Uri PublicHub = new("https://huggingface.co/");

    /// <summary>Reads one answer.</summary>
    /// <param name="address">Where.</param>
    /// <param name="parse">Makes something of it.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <returns>What was made of it, and where the next page is; null if this was the last.</returns>
    /// <exception cref="LlmOpsException">The Hub refuses, or can't be reached.</exception>
    public Task<(T Found, Uri? Next)> ReadAsync<T>(Uri address, Func<byte[], T> parse, CancellationToken cancel) => RepeatAsync(() => ReadOnceAsync(address, parse, cancel), cancel);

    /// <summary>Reads one answer, and does not try again.</summary>
    /// <param name="address">Where.</param>
    /// <param name="parse">Makes something of it.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="HubTransientException">It failed in a way that may pass.</exception>
    /// <exception cref="LlmOpsException">The Hub refuses.</exception>
    public async Task<(T Found, Uri? Next)> ReadOnceAsync<T>(Uri address, Func<byte[], T> parse, CancellationToken cancel)
    {
        var (json, response) = await OpenAsync(address, cancel).ConfigureAwait(false);
        return (Understand(address, json, parse), NextPage(response, address));
    }

    /// <summary>Tries a request again while it fails in a way that may pass.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancel">Ends the waits.</param>
    public async Task<T> RepeatAsync<T>(Func<Task<T>> request, CancellationToken cancel)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                return await request().ConfigureAwait(false);
            }
            catch (HubTransientException passing)
            {
                if (failures + 1 == Attempts) throw passing.Reason;
                await Task.Delay(passing.Wait ?? RetryDelay.Backoff(failures), time, cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task<(byte[] Body, HttpResponseMessage Response)> OpenAsync(Uri address, CancellationToken cancel)
    {
        for (var hop = 0; hop <= MostRedirects; hop++)
        {
            using var response = await http.GetAsync(address, null, cancel).ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return (await HubBody.ReadAsync(response, LongestAnswer, cancel).ConfigureAwait(false), response);
            address = HubAnswer.Redirect(response) ?? throw refusal(response);
        }

        throw HubErrors.NotAHub(http.Endpoint, "it redirects without end");
    }

    private T Understand<T>(Uri address, byte[] json, Func<byte[], T> parse)
    {
        try
        {
            return parse(json);
        }
        catch (Exception strange) when (strange is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new HubTransientException(HubErrors.NotAHub(http.Endpoint, $"{address.AbsolutePath} did not bring what a Hub brings"));
        }
    }

    private Uri? NextPage(HttpResponseMessage response, Uri page)
    {
        var next = response.Headers.TryGetValues("Link", out var links) ? LinkHeader.Next(links, page) : null;
        // A mirror passes on the public Hub's own links.
        return next is not null && next.Authority == PublicHub.Authority && !http.IsHub(next) ? new Uri(http.Endpoint, next.PathAndQuery.TrimStart('/')) : next;
    }
}
