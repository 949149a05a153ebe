using System.IO.Pipes;
using System.Text.Json;

namespace LlmOps.Tunnels.Detached;

/// <summary>Asks the process of a detached tunnel over a named pipe, which is open to this user only.</summary>
/// <param name="pipe">The pipe's name.</param>
internal sealed class TunnelControlClient(string pipe)
{
    /// <summary>Asks; null if nobody answers.</summary>
    public async Task<TunnelAnswer?> AskAsync(TunnelQuestion question, CancellationToken cancel)
    {
        try
        {
            var client = new NamedPipeClientStream(".", pipe, PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
            await using var opened = client.ConfigureAwait(false);
            await client.ConnectAsync(200, cancel).ConfigureAwait(false);
            await client.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(question, DetachedTunnelJson.Default.TunnelQuestion), (byte)'\n'], cancel).ConfigureAwait(false);
            using var reader = new StreamReader(client);
            return await reader.ReadLineAsync(cancel).ConfigureAwait(false) is { } line ? JsonSerializer.Deserialize(line, DetachedTunnelJson.Default.TunnelAnswer) : null;
        }
        catch (Exception silent) when (silent is IOException or TimeoutException or OperationCanceledException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
