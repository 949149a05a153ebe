using System.Diagnostics;
using System.Net.Sockets;
using LlmOps.Hub;

namespace LlmOps.Preflight;

/// <summary>Asks the Hub for a little, to see whether, how soon and how fast it answers.</summary>
/// <param name="survey">Where the Hub is.</param>
internal sealed class HubQuestion(RigSurvey survey) : IDisposable
{
    private const string Probe = "Qwen/Qwen2.5-0.5B-Instruct/resolve/main/tokenizer.json"; // public, about 7 MB
    private const int Most = 8 * 1024 * 1024;
    private const int Least = 256 * 1024; // less says more of the way's delay than of its width

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SpeedLimit = TimeSpan.FromSeconds(3);

    private HubHttp? _http;

    /// <summary>Asks for an answer's head, and reads no further.</summary>
    /// <param name="cancel">Ends it.</param>
    public async Task<HubReply> AskAsync(CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            _http ??= new HubHttp(survey.Hub, null, isTokenGiven: false, AnswerLimit, survey.Time);
            using var answer = await _http.GetAsync(new Uri(_http.Endpoint, "api/models/Qwen/Qwen2.5-0.5B-Instruct"), null, cancel).ConfigureAwait(false);
            return new HubReply((int)answer.StatusCode, answer.Headers.Date, Stopwatch.GetElapsedTime(began), null);
        }
        catch (Exception unanswered) when (unanswered is HubTransientException or LlmOpsException or HttpRequestException)
        {
            return new HubReply(null, null, Stopwatch.GetElapsedTime(began), unanswered);
        }
    }

    /// <summary>How many bytes a second one connection brings; null if too little comes to say.</summary>
    /// <param name="cancel">Ends it.</param>
    public async Task<double?> MeasureAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(SpeedLimit);
        long came = 0;
        var began = Stopwatch.GetTimestamp();
        try
        {
            _http ??= new HubHttp(survey.Hub, null, isTokenGiven: false, AnswerLimit, survey.Time);
            var address = new Uri(_http.Endpoint, Probe);
            for (var hops = 0; hops < 4; hops++)
            {
                using var answer = await _http.GetAsync(address, null, limit.Token).ConfigureAwait(false);
                if (answer.Headers.Location is { } next)
                {
                    address = new Uri(address, next);
                    continue;
                }

                if (!answer.IsSuccessStatusCode) return null;
                began = Stopwatch.GetTimestamp();
                var body = await answer.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
                await using (body.ConfigureAwait(false))
                {
                    var buffer = new byte[64 * 1024];
                    for (int count; came < Most && (count = await body.ReadAsync(buffer, limit.Token).ConfigureAwait(false)) > 0;) came += count;
                }

                break;
            }
        }
        catch (Exception ended) when (ended is HubTransientException or LlmOpsException or IOException or SocketException or HttpRequestException
            || (ended is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            // What came until then is the measure.
        }

        return came < Least ? null : came / Math.Max(Stopwatch.GetElapsedTime(began).TotalSeconds, 1e-3);
    }

    /// <inheritdoc/>
    public void Dispose() => _http?.Dispose();
}

/// <summary>What the Hub answered.</summary>
/// <param name="Status">The HTTP status, or null without an answer.</param>
/// <param name="Date">The Hub's clock.</param>
/// <param name="Spent">How long it took.</param>
/// <param name="Failure">Why there is no answer.</param>
internal sealed record HubReply(int? Status, DateTimeOffset? Date, TimeSpan Spent, Exception? Failure);
