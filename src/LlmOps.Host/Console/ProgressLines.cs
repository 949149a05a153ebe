using System.Globalization;
using System.Management.Automation;

namespace LlmOps.Host;

/// <summary>
/// Progress on standard error: on a terminal one line that is drawn again and again, with bar, percentage and status; elsewhere a plain line
/// when an activity begins, every ten percent, and at most one in ten seconds besides.
/// </summary>
/// <param name="text">Standard error.</param>
/// <param name="time">The clock.</param>
internal sealed class ProgressLines(ConsoleText text, TimeProvider time)
{
    private const int BarWidth = 24;
    private const int PercentStep = 10;
    private const string EraseLine = "\r\e[2K";
    private static readonly TimeSpan PlainPause = TimeSpan.FromSeconds(10);

    private readonly Dictionary<int, (int Percent, string Activity, long At)> _told = [];
    private readonly Dictionary<int, ProgressRecord> _active = [];
    private bool _drawn;

    /// <summary>Shows where an activity is.</summary>
    /// <param name="record">What the cmdlet says.</param>
    public void Show(ProgressRecord record)
    {
        if (record.RecordType == ProgressRecordType.Completed)
        {
            _active.Remove(record.ActivityId);
            _told.Remove(record.ActivityId);
            Hide();
        }
        else
        {
            _active[record.ActivityId] = record;
            if (text.IsTerminal) Draw(record);
            else Tell(record);
        }
    }

    /// <summary>Takes the line away, so that something else can be written; the next report draws it again.</summary>
    public void Hide()
    {
        if (!_drawn) return;
        text.Write(text.IsColored ? EraseLine : "\r" + new string(' ', Width() - 1) + "\r");
        _drawn = false;
    }

    /// <summary>Forgets all activities.</summary>
    public void Clear()
    {
        Hide();
        _active.Clear();
        _told.Clear();
    }

    private static int Width()
    {
        try
        {
            return System.Console.WindowWidth is > 20 and var width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }

    private static string Bar(int percent)
    {
        var full = percent * BarWidth / 100;
        return $"[{new string('#', full)}{new string('.', BarWidth - full)}] {percent.ToString(CultureInfo.CurrentCulture),3}% ";
    }

    private static string Line(ProgressRecord record, string bar)
    {
        var remaining = record.SecondsRemaining > 0 ? $", {TimeSpan.FromSeconds(record.SecondsRemaining):g} left" : "";
        var operation = string.IsNullOrWhiteSpace(record.CurrentOperation) ? "" : ": " + record.CurrentOperation;
        return $"{record.Activity}  {bar}{record.StatusDescription.Trim()}{operation}{remaining}";
    }

    private void Draw(ProgressRecord record)
    {
        Hide();
        var parent = _active.TryGetValue(record.ParentActivityId, out var above) ? above.Activity + " / " : "";
        var line = parent + Line(record, record.PercentComplete >= 0 ? Bar(record.PercentComplete) : "");
        text.Write(line.Length < Width() ? line : line[..(Width() - 1)]);
        _drawn = true;
    }

    private void Tell(ProgressRecord record)
    {
        var now = time.GetTimestamp();
        var known = _told.TryGetValue(record.ActivityId, out var last) && last.Activity == record.Activity;
        var far = record.PercentComplete >= 0 && record.PercentComplete / PercentStep > last.Percent / PercentStep;
        if (known && !far && time.GetElapsedTime(last.At, now) < PlainPause) return;
        _told[record.ActivityId] = (record.PercentComplete, record.Activity, now);
        text.WriteLine(Line(record, record.PercentComplete >= 0 ? record.PercentComplete.ToString(CultureInfo.CurrentCulture) + "% " : ""));
    }
}
