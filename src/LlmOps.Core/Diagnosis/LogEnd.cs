using LlmOps.Engines;

namespace LlmOps.Diagnosis;

/// <summary>Keeps the end of a log, for failures that no rule knows.</summary>
internal sealed class LogEnd
{
    private const int Half = 256 * 1024;

    private byte[] _older = [];
    private byte[] _newer = new byte[Half];
    private int _count;

    public void Add(ReadOnlySpan<byte> piece)
    {
        if (piece.Length > Half) piece = piece[^Half..];
        while (!piece.IsEmpty)
        {
            var fitting = Math.Min(piece.Length, Half - _count);
            piece[..fitting].CopyTo(_newer.AsSpan(_count));
            _count += fitting;
            piece = piece[fitting..];
            if (_count < Half) continue;
            (_older, _newer) = (_newer, _older.Length == Half ? _older : new byte[Half]);
            _count = 0;
        }
    }

    /// <summary>Its lines, in order.</summary>
    public IReadOnlyList<string> Lines()
    {
        var splitter = new LogLineSplitter(barsToo: false);
        return [.. splitter.Add(_older), .. splitter.Add(_newer.AsSpan(0, _count)), .. splitter.Rest()];
    }
}
