using System.IO.Pipelines;
using LlmOps.Rigs;

namespace LlmOps.Tunnels.Gateway;

/// <summary>Serves one client: reads its requests one after another, has each answered by a server that has its model, and by another one where the first does not answer.</summary>
/// <param name="client">The client.</param>
/// <param name="routes">The servers.</param>
/// <param name="http">Sends requests to them.</param>
/// <param name="counters">Where bytes are counted.</param>
/// <param name="since">When the gateway was opened.</param>
internal sealed class GatewayConnection(SocketDuplexStream client, GatewayRoutes routes, HttpMessageInvoker http, TunnelCounters counters, DateTimeOffset since)
{
    private readonly PipeReader _reader = PipeReader.Create(client, new StreamPipeReaderOptions(leaveOpen: true));
    private readonly GatewayResponseWriter _writer = new(client, counters.Received);

    /// <summary>Why a request of the client was not answered, or null.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Serves until the client has ended.</summary>
    /// <param name="cancel">Breaks off.</param>
    /// <exception cref="IOException">The connection, or an answer in its middle, broke off.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var requests = new GatewayRequestReader(_reader, _writer.ProceedAsync);
        try
        {
            while (await requests.ReadAsync(cancel).ConfigureAwait(false) is { } request)
            {
                counters.Sent(request.Body.Length);
                await ServeAsync(request, cancel).ConfigureAwait(false);
                if (!request.KeepsOpen) break;
            }
        }
        catch (InvalidDataException wrong)
        {
            using var answer = GatewayAnswer.BadRequest(wrong.Message).ToResponse();
            await _writer.WriteAsync(answer, toHead: false, keepsOpen: false, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Has a request answered. If the client leaves meanwhile, the server is told so at once, and stops generating.</summary>
    private async Task ServeAsync(GatewayRequest request, CancellationToken cancel)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watching = WatchAsync(gone);
        try
        {
            await AnswerAsync(request, gone.Token).ConfigureAwait(false);
        }
        finally
        {
            _reader.CancelPendingRead();
            await watching.ConfigureAwait(false);
        }
    }

    private async Task WatchAsync(CancellationTokenSource gone)
    {
        try
        {
            var read = await _reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            _reader.AdvanceTo(read.Buffer.Start); // the next request, if it has come already
            if (!read.IsCompleted || !read.Buffer.IsEmpty) return;
        }
        catch (IOException)
        {
            // It is gone with a reset.
        }

        await gone.CancelAsync().ConfigureAwait(false);
    }

    private async Task AnswerAsync(GatewayRequest request, CancellationToken cancel)
    {
        var trusted = routes.Knows(request.Key);
        if (request is { Method: "GET", Target: "/v1/models" })
        {
            var models = routes.ModelsFor(request.Key);
            await WriteAsync(models.Count == 0 && !trusted ? GatewayAnswer.Unauthorized() : GatewayAnswer.Models(models, since), request, cancel).ConfigureAwait(false);
            return;
        }

        var model = request.Model;
        var failed = new HashSet<GatewayBackend>();
        while (routes.Take(model, failed) is { } backend)
        {
            try
            {
                if (await PassAsync(request, backend, trusted, cancel).ConfigureAwait(false)) return;
                backend.Failed();
                failed.Add(backend);
            }
            finally
            {
                backend.End();
            }
        }

        var none = failed.Count == 0 ? GatewayAnswer.ModelNotFound(model ?? "", routes.Backends.SelectMany(backend => backend.Models).Distinct()) : GatewayAnswer.Unavailable(failed.Select(backend => backend.Name));
        Refusal = failed.Count == 0 ? $"No server has the model '{model}'." : $"No answer from {string.Join(", ", failed.Select(backend => backend.Name))}.";
        await WriteAsync(none, request, cancel).ConfigureAwait(false);
    }

    /// <summary>False if the server did not begin to answer, so that another one may.</summary>
    private async Task<bool> PassAsync(GatewayRequest request, GatewayBackend backend, bool trusted, CancellationToken cancel)
    {
        using var message = request.To(backend, trusted);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(message, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException)
        {
            return false;
        }

        using (response) await _writer.WriteAsync(response, request.Method == "HEAD", request.KeepsOpen, cancel).ConfigureAwait(false);
        return true;
    }

    private async Task WriteAsync(GatewayAnswer answer, GatewayRequest request, CancellationToken cancel)
    {
        using var response = answer.ToResponse();
        await _writer.WriteAsync(response, request.Method == "HEAD", request.KeepsOpen, cancel).ConfigureAwait(false);
    }
}
