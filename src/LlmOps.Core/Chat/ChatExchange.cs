using System.Runtime.CompilerServices;

namespace LlmOps.Chat;

/// <summary>
/// One question and its answer. Through a tunnel, a request whose connection is cut is sent again once the tunnel has healed: the engine
/// gives up the first when it sees the connection end, so nothing runs twice.
/// </summary>
/// <param name="client">Sends the requests.</param>
/// <param name="endpoint">Where to.</param>
/// <param name="request">What to ask.</param>
public sealed class ChatExchange(ChatClient client, ChatEndpoint endpoint, ChatRequest request)
{
    private const int MostAttempts = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    private readonly StreamedText _text = new();
    private readonly StreamedText _reasoning = new();
    private readonly ChatStopwatch _watch = new(client.Time);
    private bool _done;
    private string? _finishReason;
    private int? _promptTokens;
    private int? _completionTokens;
    private int _attempts;

    /// <summary>Asks, and gives what happens until the whole answer is there.</summary>
    /// <param name="cancel">Closes the connection, so that the engine stops generating.</param>
    /// <exception cref="ChatStreamCutException">The connection ended in the middle, and another attempt was not possible.</exception>
    /// <exception cref="LlmOpsException">The endpoint can't be reached, or refuses.</exception>
    public async IAsyncEnumerable<ChatUpdate> AskAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (var pause = FirstPause; ; pause *= 2)
        {
            _attempts++;
            Exception? broken = null;
            var attempt = client.StreamAsync(endpoint, request, cancel).GetAsyncEnumerator(cancel);
            await using (attempt.ConfigureAwait(false))
            {
                while (true)
                {
                    try
                    {
                        if (!await attempt.MoveNextAsync().ConfigureAwait(false)) break;
                    }
                    catch (Exception cut) when (cut is HttpRequestException or IOException)
                    {
                        broken = cut;
                        break;
                    }

                    if (Take(attempt.Current) is { } update) yield return update;
                }
            }

            if (_done) break;
            var failure = Cut(broken);
            if (endpoint.Tunnel is not { State: not Tunnels.TunnelState.Closed } || _attempts == MostAttempts) throw failure;
            yield return new ChatUpdate { Retry = failure.Message };
            await Task.Delay(pause, client.Time, cancel).ConfigureAwait(false);
            Restart();
        }

        yield return Finish();
    }

    private ChatUpdate? Take(ChatDelta delta)
    {
        _finishReason = delta.FinishReason ?? _finishReason;
        _done |= delta.IsDone || delta.FinishReason is not null;
        _promptTokens = delta.PromptTokens ?? _promptTokens;
        _completionTokens = delta.CompletionTokens ?? _completionTokens;
        if (delta.Text.Length == 0 && delta.Reasoning.Length == 0) return null;
        _watch.Piece();
        var text = _text.Add(delta.Text, out var anew);
        var reasoning = _reasoning.Add(delta.Reasoning, out _);
        return new ChatUpdate { Text = text, Reasoning = reasoning, StartedAnew = anew };
    }

    private LlmOpsException Cut(Exception? broken)
    {
        if (_text.Best.Length + _reasoning.Best.Length > 0) return ChatErrors.StreamCut(endpoint.Uri, _text.Best, _reasoning.Best, broken);
        var seen = endpoint.Tunnel?.History is { Count: > 1 } history ? history[^1].Message : broken is null ? "it ended without an answer." : ChatClient.Innermost(broken);
        return ChatErrors.EndpointUnreachable(endpoint.Uri, seen, broken);
    }

    private void Restart()
    {
        _text.Restart();
        _reasoning.Restart();
        _watch.Restart();
        _promptTokens = _completionTokens = null;
    }

    private ChatUpdate Finish()
    {
        var text = _text.Finish(out var anew);
        var reasoning = _reasoning.Finish(out _);
        var reply = new ChatReply
        {
            Text = text,
            Reasoning = reasoning.Length > 0 ? reasoning : null,
            Model = request.Model,
            FinishReason = _finishReason,
            PromptTokens = _promptTokens,
            CompletionTokens = _completionTokens,
            TimeToFirstToken = _watch.TimeToFirstToken,
            TokensPerSecond = _watch.TokensPerSecond(_completionTokens),
            Duration = _watch.Elapsed,
            Attempts = _attempts,
            Messages = (ChatMessage[])[.. request.Messages, new ChatMessage(ChatRole.Assistant, text)], // PowerShell can index an array, and not what a list interface gets
            Endpoint = endpoint,
        };
        return new ChatUpdate { Reply = reply, StartedAnew = anew, Text = anew ? text : "" };
    }
}
