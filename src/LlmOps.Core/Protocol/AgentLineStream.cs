using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace LlmOps.Protocol;

/// <summary>Reads and writes the protocol's messages, one a line, over a pair of byte streams. Any thread may write; one reads.</summary>
internal sealed class AgentLineStream(Stream input, Stream output) : IAsyncDisposable
{
    private readonly PipeReader _reader = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 32 * 1024));
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>Writes one message and flushes it.</summary>
    public async Task WriteAsync(AgentMessage message, CancellationToken cancel)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer)) JsonSerializer.Serialize(json, message, AgentProtocolJson.Default.AgentMessage);
        buffer.Write("\n"u8);
        await _writing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // Not cancellable: half a line would corrupt every request that shares the stream.
            await output.WriteAsync(buffer.WrittenMemory, CancellationToken.None).ConfigureAwait(false);
            await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The next message, or null at the end of the stream. Lines that are not messages (a login banner) are skipped.</summary>
    public async ValueTask<AgentMessage?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancel).ConfigureAwait(false);
            var buffer = read.Buffer;
            while (TryTakeLine(ref buffer, out var line))
            {
                var message = Parse(line);
                if (message is null) continue;
                _reader.AdvanceTo(buffer.Start);
                return message;
            }

            if (buffer.Length > AgentProtocol.MaxMessageLength) throw new InvalidDataException($"A message is longer than {AgentProtocol.MaxMessageLength} bytes.");
            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) return null;
        }
    }

    /// <summary>Closes both streams.</summary>
    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync().ConfigureAwait(false);
        await output.DisposeAsync().ConfigureAwait(false);
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        var end = buffer.PositionOf((byte)'\n');
        if (end is null)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end.Value);
        buffer = buffer.Slice(buffer.GetPosition(1, end.Value));
        return true;
    }

    private static AgentMessage? Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            return JsonSerializer.Deserialize(ref json, AgentProtocolJson.Default.AgentMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
