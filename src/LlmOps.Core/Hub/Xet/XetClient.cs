using System.Net;
using System.Net.Http.Headers;

namespace LlmOps.Hub.Xet;

/// <summary>What LlmOps asks of Xet storage: how a range of a file is put together, and the chunks.</summary>
internal sealed class XetClient(HubHttp http, XetTokens tokens, TimeProvider time)
{
    private const int LongestAnswer = 32 * 1024 * 1024;

    private volatile bool _isOld;

    /// <summary>How a range of a file is put together. Storage that does not know the second version of this request is asked by the first.</summary>
    /// <param name="file">The file's hash in Xet storage.</param>
    /// <param name="from">The first byte.</param>
    /// <param name="end">The byte after the last.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="HubTransientException">It failed in a way that may pass.</exception>
    /// <exception cref="XetException">The storage does not do what it should.</exception>
    /// <exception cref="LlmOpsException">The Hub gives no token.</exception>
    public async Task<Reconstruction> GetReconstructionAsync(string file, long from, long end, CancellationToken cancel)
    {
        XetToken? refused = null;
        while (true)
        {
            var (token, version) = (await tokens.GetAsync(refused, cancel).ConfigureAwait(false), _isOld ? 1 : 2);
            if (!http.IsAsSafe(token.Storage)) throw new XetException("its address is not https");
            var address = new Uri($"{token.Storage.AbsoluteUri.TrimEnd('/')}/v{version}/reconstructions/{file}");
            using var response = await http.GetAsync(address, new RangeHeaderValue(from, end - 1), token.Secret, cancel).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK) return Reconstruction.Parse(await HubBody.ReadAsync(response, LongestAnswer, cancel).ConfigureAwait(false));
            if (version == 2 && response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.NotImplemented) _isOld = true;
            else if (response.StatusCode == HttpStatusCode.Unauthorized && refused is null) refused = token;
            else throw Failure(response);
        }
    }

    /// <summary>Asks for chunks. No token goes along: the address is signed.</summary>
    /// <param name="range">Which.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <returns>The answer with them; null if the signature is no longer good.</returns>
    /// <exception cref="HubTransientException">It failed in a way that may pass.</exception>
    /// <exception cref="XetException">The storage does not do what it should.</exception>
    public async Task<HttpResponseMessage?> OpenAsync(XorbRange range, CancellationToken cancel)
    {
        if (!http.IsAsSafe(range.Address)) throw new XetException("a part's address is not https");
        var response = await http.GetAsync(range.Address, new RangeHeaderValue(range.From, range.To), token: null, cancel).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange is { } content && content.From == range.From && content.To == range.To) return response;
        using (response)
        {
            if (response.StatusCode == HttpStatusCode.Forbidden) return null;
            throw response.IsSuccessStatusCode ? new XetException("it sent another range than was asked for") : Failure(response);
        }
    }

    private Exception Failure(HttpResponseMessage response)
    {
        var (address, status) = (response.RequestMessage!.RequestUri!, (int)response.StatusCode);
        return status is 408 or 429 or >= 500
            ? new HubTransientException(HubErrors.Unavailable(address, status), RetryDelay.From(response, time))
            : new XetException($"it answered with status {status}");
    }
}
