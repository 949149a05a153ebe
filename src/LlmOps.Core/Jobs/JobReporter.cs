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

    public void Begin() => Write();

    public void Report(TProgress progress)
    {
        lock (_gate)
        {
            _latest = JsonSerializer.SerializeToElement(progress, type);
            if (TimeProvider.System.GetElapsedTime(_written) >= Interval) Write();
        }
    }

    public void End(JsonElement? result, AgentFault? fault)
    {
        lock (_gate) folder.WriteState(new JobState { Pid = Environment.ProcessId, Progress = _latest, Result = result, Fault = fault });
    }

    private void Write()
    {
        folder.WriteState(new JobState { Pid = Environment.ProcessId, Progress = _latest });
        _written = TimeProvider.System.GetTimestamp();
    }
}
