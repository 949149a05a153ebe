using System.Runtime.CompilerServices;

namespace LlmOps.Hub;

/// <summary>Searches the Hub for models, page by page as they are asked for.</summary>
/// <param name="environment">The environment's variables.</param>
/// <param name="time">The clock.</param>
public sealed class ModelSearch(HubEnvironment environment, TimeProvider time)
{
    /// <summary>The models that a query finds. The next page is only asked for when the one before is used up.</summary>
    /// <param name="query">What to search for.</param>
    /// <param name="token">The token, or null for the environment's own.</param>
    /// <param name="cancel">Ends the requests.</param>
    /// <exception cref="LlmOpsException">The Hub refuses or can't be reached; <c>HubSearchOffline</c>.</exception>
    public async IAsyncEnumerable<FoundModel> FindAsync(ModelQuery query, string? token, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (environment.IsOffline) throw HubErrors.SearchOffline();
        using var http = ModelDownload.Connect(environment, token, null, new TransferLimits(), time);
        var reader = new HubReader(http, response => HubAnswer.SearchFailure(response, http.Endpoint, time), time);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Uri? next = new(http.Endpoint, query.Address());
        var left = query.First;
        while (next is { } address)
        {
            (var page, next) = await reader.ReadAsync(address, FoundModelJson.Parse, cancel).ConfigureAwait(false);
            // Pages shift while people upload, and a list that never brings anything new would never end.
            var fresh = page.Where(model => seen.Add(model.Id)).ToList();
            if (fresh.Count == 0) yield break;
            foreach (var model in fresh.Where(query.Fits))
            {
                yield return model;
                if (--left == 0) yield break;
            }
        }
    }
}
