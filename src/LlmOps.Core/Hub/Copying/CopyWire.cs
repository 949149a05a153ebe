using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LlmOps.Hub.Copying;

/// <summary>Lines of JSON with the bytes of files in between, over a pair of streams.</summary>
internal sealed class CopyWire(Stream input, Stream output)
{
    /// <summary>The line that an agent begins with. What a login says of itself comes before it.</summary>
    public const string Ready = "llmops-copy ready";

    private const int LongestLine = 1024 * 1024;

    private readonly BufferedStream _input = new(input, 64 * 1024);

    /// <summary>What follows the last line that was read.</summary>
    public Stream Input => _input;

    public Stream Output => output;

    public async Task WriteAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(value, type), (byte)'\n'];
        await output.WriteAsync(line, cancel).ConfigureAwait(false);
        await output.FlushAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>The next line's value; null at the end.</summary>
    public async Task<T?> ReadAsync<T>(JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class =>
        await ReadLineAsync(cancel).ConfigureAwait(false) is { } line ? JsonSerializer.Deserialize(line, type) : null;

    /// <summary>Passes over what comes before <see cref="Ready"/>.</summary>
    /// <returns>False if it never comes.</returns>
    public async Task<bool> WaitForReadyAsync(CancellationToken cancel)
    {
        while (await ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
            if (System.Text.Encoding.UTF8.GetString(line).TrimEnd('\r') == Ready) return true;
        return false;
    }

    public async Task WriteReadyAsync()
    {
        await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Ready + "\n")).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
    }

    private async Task<byte[]?> ReadLineAsync(CancellationToken cancel)
    {
        var line = new List<byte>(256);
        var one = new byte[1];
        while (await _input.ReadAsync(one, cancel).ConfigureAwait(false) > 0)
        {
            if (one[0] == '\n') return [.. line];
            line.Add(one[0]);
            if (line.Count > LongestLine) throw new InvalidDataException($"A line is longer than {LongestLine} bytes.");
        }

        return null;
    }
}
