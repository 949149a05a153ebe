using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using LlmOps.Hub;
using LlmOps.Providers.Http;

namespace LlmOps.Providers.RunPod;

/// <summary>Reads a pod's log, server-sent events whose ids say where to go on after a break.</summary>
/// <param name="http">The connection.</param>
internal sealed class RunPodLogs(ProviderHttp http)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    /// <summary>Reads it.</summary>
    /// <param name="id">The pod.</param>
    /// <param name="tail">How many lines of the past, 5,000 at the most.</param>
    /// <param name="follow">Whether to wait for more.</param>
    /// <param name="cancel">Ends it.</param>
    public async IAsyncEnumerable<RigLogLine> ReadAsync(string id, int tail, bool follow, [EnumeratorCancellation] CancellationToken cancel)
    {
        string? last = null;
        for (var breaks = 0; ; breaks++)
        {
            var came = false;
            using var response = await http.OpenAsync(
                $"pods/{Uri.EscapeDataString(id)}/logs?tail={Math.Clamp(tail, 0, 5000).ToString(CultureInfo.InvariantCulture)}", "read a pod's log", last is null ? null : ("Last-Event-ID", last), cancel).ConfigureAwait(false);
            var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            await using var open = stream.ConfigureAwait(false);
            using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var events = SseParser.Create(stream).EnumerateAsync(quiet.Token).GetAsyncEnumerator(CancellationToken.None);
            await using var ended = events.ConfigureAwait(false);
            while (true)
            {
                // The stream has no end of its own: the past is over when nothing more comes at once.
                if (!follow) quiet.CancelAfter(Quiet);
                try
                {
                    if (!await events.MoveNextAsync().ConfigureAwait(false)) break;
                }
                catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
                {
                    yield break;
                }
                catch (Exception broken) when (HubHttp.IsNetwork(broken))
                {
                    break;
                }

                var item = events.Current;
                // Some servers send the event at which we stopped once more.
                if (item.EventId is { Length: > 0 } eventId && eventId == last) continue;
                last = item.EventId is { Length: > 0 } ? item.EventId : last;
                if (Line(item.Data) is not { } line) continue;
                came = true;
                yield return line;
            }

            if (!follow) yield break;
            if (came) breaks = 0;
            await Task.Delay(RetryDelay.Backoff(breaks), http.Time, cancel).ConfigureAwait(false);
        }
    }

    private static RigLogLine? Line(string data)
    {
        try
        {
            return JsonSerializer.Deserialize(data, RunPodJson.Default.RunPodLogLine) is { Line: { } text } line
                ? new RigLogLine(LenientTime.Of(line.Ts), line.Source ?? "", text)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
