using System.Text;

namespace LlmOps.Chat;

/// <summary>
/// The text of an answer over several attempts. When a cut answer is asked for again, what has been shown already is not shown twice as
/// long as the new answer says the same; where it begins to differ, the whole new answer is shown.
/// </summary>
internal sealed class StreamedText
{
    private readonly StringBuilder _current = new();
    private string _shown = "";

    /// <summary>The text of the present attempt, or of the one before while the present one has not got past it.</summary>
    public string Best => _current.Length >= _shown.Length ? _current.ToString() : _shown;

    /// <summary>Begins another attempt.</summary>
    public void Restart()
    {
        _shown = Best;
        _current.Clear();
    }

    /// <summary>Takes more text of the present attempt.</summary>
    /// <param name="more">The text.</param>
    /// <param name="anew">True if the answer differs from what was shown, and what is returned is all of it from its beginning.</param>
    /// <returns>What to show now.</returns>
    public string Add(string more, out bool anew)
    {
        var from = _current.Length;
        _current.Append(more);
        anew = false;
        if (from >= _shown.Length) return more;
        var known = Math.Min(more.Length, _shown.Length - from);
        if (_shown.AsSpan(from, known).SequenceEqual(more.AsSpan(0, known))) return more[known..];
        anew = true;
        _shown = "";
        return _current.ToString();
    }

    /// <summary>Ends the last attempt and gives its text.</summary>
    /// <param name="anew">True if the answer ended before it had got to where an earlier attempt was cut, so that too much was shown.</param>
    public string Finish(out bool anew)
    {
        anew = _current.Length < _shown.Length;
        return _current.ToString();
    }
}
