using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LlmOps.Protocol;

namespace LlmOps.Jobs;

/// <summary>Leaves a job's progress and outcome in its folder.</summary>
internal sealed class JobReporter<TProgress>(JobFolder folder, JsonTypeInfo<TProgress> type)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private JsonElement? _latest;
    private long _written;
    private bool _flushing;
    private bool _ended;

    public void Begin() => Write();

    public void Report(TProgress progress)
    {
        lock (_gate)
        {
            _latest = JsonSerializer.SerializeToElement(progress, type);
            if (TimeProvider.System.GetElapsedTime(_written) >= Interval) Write();
            else if (!_flushing) _ = FlushAsync();
        }
    }

    public void End(JsonElement? result, AgentFault? fault)
    {
        lock (_gate)
        {
            _ended = true;
            folder.WriteState(new JobState { Pid = Environment.ProcessId, Progress = _latest, Result = result, Fault = fault });
        }
    }

    /// <summary>The last report before a long silence must not be the one that is left out.</summary>
    private async Task FlushAsync()
    {
        _flushing = true;
        await Task.Delay(Interval).ConfigureAwait(false);
        lock (_gate)
        {
            _flushing = false;
            if (!_ended) Write();
        }
    }

    private void Write()
    {
        folder.WriteState(new JobState { Pid = Environment.ProcessId, Progress = _latest });
        _written = TimeProvider.System.GetTimestamp();
    }
}
