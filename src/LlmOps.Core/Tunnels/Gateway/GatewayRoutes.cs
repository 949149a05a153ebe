namespace LlmOps.Tunnels.Gateway;

/// <summary>Chooses who answers a request: a server that has its model, healthy if one is, with the fewest requests in flight.</summary>
/// <param name="backends">All servers.</param>
internal sealed class GatewayRoutes(IReadOnlyList<GatewayBackend> backends)
{
    private readonly Lock _choosing = new();

    public IReadOnlyList<GatewayBackend> Backends => backends;

    /// <summary>All models that a client with this key may use, each once, with the server that lists it first.</summary>
    /// <param name="key">The client's key, or null.</param>
    public IReadOnlyList<(string Model, string Server)> ModelsFor(string? key) =>
        [.. backends.Where(backend => backend.Key is null || Knows(key)).SelectMany(backend => backend.Models, (backend, model) => (model, backend.Name)).DistinctBy(listed => listed.model)];

    /// <summary>True if a key is that of any server here: whoever has it may use them all.</summary>
    /// <param name="key">The client's key, or null.</param>
    public bool Knows(string? key) => key is not null && backends.Any(backend => backend.AsksFor(key));

    /// <summary>Takes the server for a request, which then counts as in flight there; null where there is none.</summary>
    /// <param name="model">The model; null where the request names none, so that any server may answer.</param>
    /// <param name="failed">Those that did not answer it.</param>
    public GatewayBackend? Take(string? model, IReadOnlySet<GatewayBackend> failed)
    {
        lock (_choosing)
        {
            var chosen = backends
                .Where(backend => !failed.Contains(backend) && (model is null || backend.Models.Contains(model)))
                .OrderByDescending(backend => backend.IsHealthy) // one that is away keeps the request waiting, as a tunnel to it alone does
                .ThenBy(backend => backend.InFlight)
                .ThenBy(backend => backend.Requests)
                .FirstOrDefault();
            chosen?.Begin();
            return chosen;
        }
    }
}
