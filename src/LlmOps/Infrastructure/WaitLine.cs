using System.Management.Automation;

namespace LlmOps.Infrastructure;

/// <summary>Says in one progress bar what a cmdlet waits for, once a wait is long enough to be wondered about. Use it on the pipeline thread.</summary>
/// <param name="cmdlet">The cmdlet that waits.</param>
/// <param name="activity">What it does.</param>
internal sealed class WaitLine(Cmdlet cmdlet, string activity)
{
    private const int MostNamed = 3;

    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(1.5);

    private readonly List<string> _awaited = [];
    private ProgressLine? _line;

    /// <summary>Waits for a task; several may be waited for at once.</summary>
    /// <param name="what">What it brings, or who.</param>
    /// <param name="task">The task.</param>
    public async Task ShowAsync(string what, Task task)
    {
        if (!task.IsCompleted && await Task.WhenAny(task, Task.Delay(QuietTime)) != task)
        {
            _awaited.Add(what);
            Show();
            await Task.WhenAny(task);
            _awaited.Remove(what);
            Show();
        }

        await task;
    }

    private void Show()
    {
        if (_awaited.Count > 0)
        {
            _line ??= new ProgressLine(cmdlet, activity);
            _line.Report(_awaited.Count > MostNamed ? $"{string.Join(", ", _awaited.Take(MostNamed))} and {_awaited.Count - MostNamed} more" : string.Join(", ", _awaited));
            return;
        }

        _line?.Dispose();
        _line = null;
    }
}
