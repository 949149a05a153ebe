namespace LlmOps.Diagnosis;

/// <summary>A rule that has matched in a log.</summary>
/// <param name="rule">The rule.</param>
internal sealed class FoundFailure(DiagnosisRule rule)
{
    private const int NearEnd = 4000;
    private const int Certain = 100;

    private long _last;
    private int _count;

    public DiagnosisRule Rule => rule;

    /// <summary>The first line of its latest cluster.</summary>
    public EngineLine Line { get; private set; }

    public IReadOnlyList<SuggestedArgument> Arguments { get; private set; } = [];

    /// <summary>True if its texts alone are taken for it from now on: a log that repeats one failure without end is not read any slower for that.</summary>
    public bool IsCertain => _count > Certain;

    /// <summary>Takes note of a match.</summary>
    /// <param name="line">The line.</param>
    /// <param name="figures">Its figures.</param>
    public void Add(EngineLine line, LineFigures figures)
    {
        if (_count == 0 || line.Number - _last > NearEnd || (Line.IsWarning && !line.IsWarning))
        {
            Line = line;
            Arguments = figures.Fill(rule.Arguments);
        }

        Repeat(line.Number);
    }

    /// <summary>Takes note of a further line.</summary>
    /// <param name="number">The line's number.</param>
    public void Repeat(long number)
    {
        _last = number;
        _count++;
    }

    /// <summary>What decides which of several failures is the cause; the smallest is.</summary>
    /// <param name="lines">How many lines the log has.</param>
    public (bool LongAgo, int Kind, int Priority, long Line) Rank(long lines) =>
        (lines - _last > NearEnd, rule.Priority >= DiagnosisRule.FirstWrapper ? 3 : rule.Severity == "error" ? 2 : Line.IsWarning ? 1 : 0, rule.Priority, Line.Number);
}
