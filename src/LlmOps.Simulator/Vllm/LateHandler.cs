using LlmOps.Simulator.Http;

namespace LlmOps.Simulator.Vllm;

/// <summary>Hands requests on to the API server, which exists only once the engine does.</summary>
internal sealed class LateHandler
{
    private ApiServer? _server;

    public void Set(ApiServer server) => _server = server;

    public Task HandleAsync(HttpExchange exchange, CancellationToken cancel) => _server!.HandleAsync(exchange, cancel);
}
