using System.Diagnostics;
using System.Management.Automation;

namespace LlmOps.Infrastructure;

/// <summary>One progress bar of a cmdlet: at most five updates a second, and always completed, also when the cmdlet fails. Use it on the pipeline thread.</summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static int s_lastId;

    private readonly Cmdlet _cmdlet;
    private readonly int _id = Interlocked.Increment(ref s_lastId);
    private readonly string _activity;
    private readonly int _parent;
    private long _written;
    private bool _shown;

    public ProgressLine(Cmdlet cmdlet, string activity, ProgressLine? parent = null)
    {
        _cmdlet = cmdlet;
        _activity = activity;
        _parent = parent?._id ?? -1;
    }

    /// <summary>Shows how far it is.</summary>
    /// <param name="status">What is happening now.</param>
    /// <param name="percent">0 to 100; null where that is not known.</param>
    /// <param name="remaining">How long it will still take; null where that is not known.</param>
    /// <param name="operation">A second line, or null.</param>
    public void Report(string status, double? percent = null, TimeSpan? remaining = null, string? operation = null)
    {
        if (_shown && Stopwatch.GetElapsedTime(_written) < Interval) return;
        _written = Stopwatch.GetTimestamp();
        _shown = true;
        _cmdlet.WriteProgress(new ProgressRecord(_id, _activity, status.Length == 0 ? " " : status)
        {
            PercentComplete = percent is { } known ? (int)Math.Clamp(known, 0, 100) : -1,
            SecondsRemaining = remaining is { } left ? (int)Math.Min(left.TotalSeconds, int.MaxValue) : -1,
            CurrentOperation = operation,
            ParentActivityId = _parent,
        });
    }

    public void Dispose()
    {
        if (!_shown) return;
        try
        {
            _cmdlet.WriteProgress(new ProgressRecord(_id, _activity, "Completed") { RecordType = ProgressRecordType.Completed, ParentActivityId = _parent });
        }
        catch (PipelineStoppedException)
        {
            // The host takes the bar away itself when the pipeline was stopped.
        }
    }
}
