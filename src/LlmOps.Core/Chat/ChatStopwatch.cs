namespace LlmOps.Chat;

/// <summary>Takes the times of an answer.</summary>
/// <param name="time">The clock.</param>
internal sealed class ChatStopwatch(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long? _firstEver;
    private long? _first;
    private long? _last;

    /// <summary>From the start until now.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>From the start to the first piece of the first attempt that brought one.</summary>
    public TimeSpan? TimeToFirstToken => _firstEver is { } first ? time.GetElapsedTime(_start, first) : null;

    /// <summary>Begins another attempt.</summary>
    public void Restart() => _first = _last = null;

    /// <summary>Notes that a piece has come.</summary>
    public void Piece()
    {
        _last = time.GetTimestamp();
        _first ??= _last;
        _firstEver ??= _last;
    }

    /// <summary>Tokens a second of the last attempt, after its first token.</summary>
    /// <param name="tokens">How many tokens it had, or null.</param>
    public double? TokensPerSecond(int? tokens) =>
        tokens > 1 && _first is { } first && _last is { } last && last > first ? (tokens - 1) / time.GetElapsedTime(first, last).TotalSeconds : null;
}
