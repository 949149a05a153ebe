namespace LlmOps.Hub.Xet;

/// <summary>
/// Puts one range of a file together. The chunks of an answer are taken as they come; those that a later part needs again are kept while they are
/// few, so that repeated content, in which Xet storage is strong, is not fetched again.
/// </summary>
/// <param name="client">Opens the answers.</param>
/// <param name="plan">How the range is put together.</param>
/// <param name="connection">Reads the answers and takes the bytes.</param>
/// <param name="from">The first byte.</param>
/// <param name="end">The byte after the last.</param>
internal sealed class RangeAssembly(XetClient client, Reconstruction plan, IRangeConnection connection, long from, long end) : IDisposable
{
    private const int MostKept = 4 * 1024 * 1024;

    private readonly Dictionary<(string Xorb, int Chunk), byte[]> _kept = [];

    /// <summary>Storage packs at worst as HTTP does; what costs far more is not worth it.</summary>
    private long _allowance = 2 * (end - from) + 32 * 1024 * 1024;

    private long _keptBytes;
    private HttpResponseMessage? _response;
    private ChunkReader? _chunks;
    private string? _xorb;
    private XorbRange? _range;
    private int _next;

    /// <summary>The first byte that is still missing.</summary>
    public long Position { get; private set; } = from;

    /// <summary>Fetches and hands over the range.</summary>
    /// <param name="cancel">Ends it.</param>
    /// <returns>False if a signature was no longer good; <see cref="Position"/> says how far it came.</returns>
    /// <exception cref="XetException">What came is not what the plan says.</exception>
    /// <exception cref="HubTransientException">The network failed.</exception>
    public async Task<bool> CopyAsync(CancellationToken cancel)
    {
        var skip = plan.Offset;
        for (var index = 0; index < plan.Terms.Count; index++)
        {
            var term = plan.Terms[index];
            var length = 0L;
            for (var chunk = term.Start; chunk < term.End; chunk++)
            {
                if (await ReadAsync(index, term.Xorb, chunk, cancel).ConfigureAwait(false) is not { } bytes) return false;
                length += bytes.Length;
                if (length > term.Length) throw WrongLength();
                var before = (int)Math.Min(skip, bytes.Length);
                skip -= before;
                var wanted = bytes[before..][..(int)Math.Min(bytes.Length - before, end - Position)];
                await connection.WriteAsync(Position, wanted, cancel).ConfigureAwait(false);
                Position += wanted.Length;
                if (Position == end) return true;
            }

            if (length != term.Length) throw WrongLength();
        }

        throw WrongLength();
    }

    public void Dispose()
    {
        _chunks?.Dispose();
        _response?.Dispose();
    }

    private static XetException WrongLength() => new("it sent parts of another length than it said");

    private async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(int term, string xorb, int chunk, CancellationToken cancel)
    {
        if (_kept.TryGetValue((xorb, chunk), out var kept)) return kept;
        if ((xorb != _xorb || chunk < _next || chunk >= _range!.End) && !await OpenAsync(xorb, chunk, cancel).ConfigureAwait(false)) return null;
        while (true)
        {
            var (at, isNeeded) = (_next, _keptBytes < MostKept && plan.IsNeededAfter(term, xorb, _next));
            var bytes = await _chunks!.ReadAsync(at == chunk || isNeeded, cancel).ConfigureAwait(false);
            _next++;
            if (isNeeded && _kept.TryAdd((xorb, at), bytes.ToArray())) _keptBytes += bytes.Length;
            if (at == chunk) return bytes;
        }
    }

    private async Task<bool> OpenAsync(string xorb, int chunk, CancellationToken cancel)
    {
        Dispose();
        (_chunks, _response, _xorb) = (null, null, null);
        _range = plan.Find(xorb, chunk);
        _allowance -= _range.Length;
        if (_allowance < 0) throw new XetException("it wants more fetched than the file is long");
        _response = await client.OpenAsync(_range, cancel).ConfigureAwait(false);
        if (_response is null) return false;
        _chunks = new ChunkReader(await _response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false), _range.Address, connection);
        (_xorb, _next) = (xorb, _range.Start);
        return true;
    }
}
