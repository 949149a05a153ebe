using System.Buffers;
using System.Text;

namespace LlmOps.Diagnosis;

/// <summary>
/// Reads an engine's log, in whatever pieces it comes, and says in the end why the engine failed. Lines are looked at only where one of
/// the rules' texts stands; memory does not grow with the log.
/// </summary>
public sealed class FailureSearch
{
    private const int Room = 128 * 1024;
    private const int LongestLine = 64 * 1024;

    private static readonly SearchValues<char> Breaks = SearchValues.Create("\n\r");
    private static readonly DiagnosisRules Known = DiagnosisRules.Default;
    private static readonly LiteralIndex<LogSign> Signs = new(
    [
        .. Known.RunSigns.Concat(Known.ReadySigns).Select(text => (text, new LogSign(LogSignKind.Anew, -1))),
        .. Known.Rules.SelectMany((rule, place) => rule.Literals.Select(text => (text, new LogSign(LogSignKind.Candidate, place)))),
        .. Known.Rules.SelectMany((rule, place) => rule.During.Select((text, end) => (text, new LogSign(end == 0 ? LogSignKind.Opens : LogSignKind.Closes, place)))),
    ]);

    private readonly char[] _text = new char[Room];
    private readonly SortedDictionary<int, FoundFailure> _found = [];
    private readonly HashSet<int> _open = [];
    private readonly List<LogSign> _signs = [];
    private readonly LogEnd _end = new();
    private int _length;
    private long _lines;

    /// <summary>Reads a piece of the log.</summary>
    /// <param name="piece">The bytes, in UTF-8.</param>
    public void Add(ReadOnlySpan<byte> piece)
    {
        _end.Add(piece);
        while (!piece.IsEmpty)
        {
            var count = Math.Min(piece.Length, Room - _length);
            Encoding.Latin1.GetChars(piece[..count], _text.AsSpan(_length)); // byte for byte: the rules' texts are ASCII
            _length += count;
            piece = piece[count..];
            Read(toTheEnd: false);
        }
    }

    /// <summary>Reads a log to its end.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cancel">Ends the reading.</param>
    public async Task AddAsync(Stream log, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(log);
        var piece = new byte[LongestLine];
        for (int count; (count = await log.ReadAsync(piece, cancel).ConfigureAwait(false)) > 0;) Add(piece.AsSpan(0, count));
    }

    /// <summary>Reads a line that came as text.</summary>
    /// <param name="line">The line, without its end.</param>
    public void AddLine(string line) => Add(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>What the log says; null if it holds no failure.</summary>
    /// <param name="ended">True if the engine is known to have ended: its last words count then, if nothing better does.</param>
    public LlmDiagnosis? Conclude(bool ended)
    {
        Read(toTheEnd: true);
        var causes = _found.Values.Where(found => found.Rule.IsCause).OrderBy(found => found.Rank(_lines)).ToList();
        if (causes.Count > 0 && causes[0].Rule.Priority < DiagnosisRule.FirstWrapper) return LlmDiagnosis.Of(causes[0]);
        var unnamed = UnnamedFailure.Find(_end.Lines(), ended);
        return unnamed is not null ? LlmDiagnosis.Of(unnamed.Value with { Number = 0 }) : causes.Count > 0 ? LlmDiagnosis.Of(causes[0]) : null;
    }

    /// <summary>The ids of all rules that have matched, whatever they mean.</summary>
    internal IReadOnlyList<string> Matched => [.. _found.Values.Select(found => found.Rule.Id)];

    private void Read(bool toTheEnd)
    {
        var text = _text.AsSpan(0, _length);
        var whole = toTheEnd ? _length : text.LastIndexOfAny(Breaks) + 1;
        if (whole == 0 && _length >= LongestLine) whole = _length;
        if (whole == 0) return;
        Read(text[..whole]);
        text[whole..].CopyTo(_text);
        _length -= whole;
    }

    private void Read(ReadOnlySpan<char> text)
    {
        for (int found; (found = Signs.IndexIn(text)) >= 0;)
        {
            var start = text[..found].LastIndexOfAny(Breaks) + 1;
            var length = text[start..].IndexOfAny(Breaks) is var end and >= 0 ? end : text.Length - start;
            _lines += text[..start].Count('\n');
            Judge(text.Slice(start, length), _lines + 1);
            text = text[(start + length)..];
        }

        _lines += text.Count('\n');
    }

    private void Judge(ReadOnlySpan<char> line, long number)
    {
        _signs.Clear();
        Signs.OwnersIn(line, _signs);
        foreach (var sign in _signs)
            if (sign.Kind == LogSignKind.Anew) _found.Clear();
            else if (sign.Kind == LogSignKind.Opens) _open.Add(sign.Rule);
            else if (sign.Kind == LogSignKind.Closes) _open.Remove(sign.Rule);

        var information = EngineLine.IsInformation(line);
        string? plain = null;
        EngineLine parsed = default;
        foreach (var place in _signs.Where(sign => sign.Kind == LogSignKind.Candidate).Select(sign => sign.Rule).Distinct().Order())
        {
            var rule = Known.Rules[place];
            if ((information && rule.IsCause) || (rule.During.Count > 0 && !_open.Contains(place))) continue;
            if (_found.TryGetValue(place, out var known) && known.IsCertain)
            {
                known.Repeat(number);
                return;
            }

            if (plain is null) parsed = EngineLine.Parse(plain = Decode(line), number);
            if (parsed.Text.StartsWith("raise ", StringComparison.Ordinal)) return; // a line of source in a traceback
            if (rule.Match(parsed.Text) is not { Success: true } match) continue;
            if (known is null) _found[place] = known = new FoundFailure(rule);
            known.Add(parsed, new LineFigures(match));
            return; // a line means one thing
        }
    }

    private static string Decode(ReadOnlySpan<char> line)
    {
        line = line[..Math.Min(line.Length, LlmDiagnosis.LongestRead)];
        return System.Text.Ascii.IsValid(line) ? line.ToString() : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line.ToString()));
    }
}
