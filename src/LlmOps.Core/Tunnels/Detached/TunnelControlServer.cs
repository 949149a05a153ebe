using System.IO.Pipes;
using System.Text.Json;
using LlmOps.State;

namespace LlmOps.Tunnels.Detached;

/// <summary>Answers for a detached tunnel, in the process that carries it.</summary>
/// <param name="tunnel">The tunnel.</param>
/// <param name="pipe">The pipe's name.</param>
internal sealed class TunnelControlServer(LlmTunnel tunnel, string pipe)
{
    private const int LongestQuestion = 4096;
    private static readonly TimeSpan QuestionLimit = TimeSpan.FromSeconds(5);

    /// <summary>Answers until the tunnel is closed or the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested && tunnel.State != TunnelState.Closed)
        {
            try
            {
                var server = new NamedPipeServerStream(pipe, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
                await using var opened = server.ConfigureAwait(false);
                await server.WaitForConnectionAsync(cancel).ConfigureAwait(false);
                await AnswerAsync(server, cancel).ConfigureAwait(false);
            }
            catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or JsonException or OperationCanceledException)
            {
                // Whoever asked has gone, or asked nonsense; the next one is served.
            }
        }
    }

    private static async Task<TunnelQuestion?> ReadAsync(Stream stream, CancellationToken cancel)
    {
        var line = new byte[LongestQuestion];
        for (var filled = 0; filled < line.Length;)
        {
            var read = await stream.ReadAsync(line.AsMemory(filled), cancel).ConfigureAwait(false);
            if (read == 0) return null;
            filled += read;
            if (line.AsSpan(0, filled).IndexOf((byte)'\n') is >= 0 and var end) return JsonSerializer.Deserialize(line.AsSpan(0, end), DetachedTunnelJson.Default.TunnelQuestion);
        }

        return null;
    }

    private async Task AnswerAsync(Stream stream, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(QuestionLimit);
        if (await ReadAsync(stream, limit.Token).ConfigureAwait(false) is not { } question) return;
        var answer = new TunnelAnswer();
        switch (question.Ask)
        {
            case "figures":
                answer = new TunnelAnswer { Figures = tunnel.Figures };
                break;
            case "key":
                answer = new TunnelAnswer { Key = tunnel.GetApiKey() is { } key ? SecureText.Reveal(key) : null };
                break;
            case "close":
                await tunnel.CloseAsync(TimeSpan.FromMilliseconds(Math.Clamp(question.DrainMilliseconds, 0, 86_400_000))).ConfigureAwait(false);
                break;
        }

        await stream.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(answer, DetachedTunnelJson.Default.TunnelAnswer), (byte)'\n'], CancellationToken.None).ConfigureAwait(false);
        await stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
