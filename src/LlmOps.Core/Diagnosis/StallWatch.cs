using System.Globalization;
using LlmOps.Engines;

namespace LlmOps.Diagnosis;

/// <summary>Notices that an engine which starts makes no progress for longer than its phase ever takes.</summary>
internal sealed class StallWatch
{
    private const string ReadyTimeout = "VLLM_ENGINE_READY_TIMEOUT_S";

    // vLLM itself gives its engine this long to load the model and become ready: vllm/envs.py, v1/engine/core_client.py.
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(600);

    // Workers that wait for each other say so every 60 s (shm_broadcast.py); NCCL itself gives up after 600 s. Joining takes seconds.
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(180);

    private readonly TimeProvider _time;
    private readonly TimeSpan _ready;
    private EngineProgress? _last;
    private long _since;

    /// <param name="environment">The engine's variables: who gives vLLM another time limit gives it to this as well.</param>
    /// <param name="time">The clock.</param>
    public StallWatch(IReadOnlyDictionary<string, string> environment, TimeProvider time)
    {
        _time = time;
        _since = time.GetTimestamp();
        _ready = double.TryParse(environment.GetValueOrDefault(ReadyTimeout), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e6
            ? TimeSpan.FromSeconds(seconds)
            : ReadyLimit;
    }

    /// <summary>How long a phase may go on without a step.</summary>
    /// <param name="phase">The phase.</param>
    public TimeSpan LimitOf(EnginePhase phase) => phase == EnginePhase.Connecting && ConnectLimit < _ready ? ConnectLimit : _ready;

    /// <summary>What seems to be wrong, or null while it goes on.</summary>
    /// <param name="progress">How far the engine is.</param>
    public LlmDiagnosis? Judge(EngineProgress progress)
    {
        if (progress != _last)
        {
            _last = progress;
            _since = _time.GetTimestamp();
            return null;
        }

        var limit = LimitOf(progress.Phase);
        if (_time.GetElapsedTime(_since) <= limit) return null;
        var words = new EngineProgress(progress.Phase, null).ToString();
        return LlmDiagnosis.Of(string.Create(CultureInfo.InvariantCulture, $"It hangs: no progress for more than {limit.TotalSeconds:0} s while {words}."), Remedy(progress.Phase)) with { Phase = "startup" };
    }

    private static string[] Remedy(EnginePhase phase) => phase switch
    {
        EnginePhase.Connecting => ["Run Test-GpuRig RIG -Collective: it tries the GPUs alone and names what is wrong.", "Where peer access over PCIe is broken, start with -Environment @{ NCCL_P2P_DISABLE = '1' }."],
        EnginePhase.Downloading => ["Fetch the model first with Get-HfModel, which shows its speed and resumes."],
        EnginePhase.LoadingWeights => [$"If the disk is slow, allow it more: -Environment @{{ {ReadyTimeout} = '3600' }}. Test-GpuRig shows where the models lie."],
        EnginePhase.Compiling or EnginePhase.CapturingGraphs => ["Start with -Argument '--enforce-eager', which compiles nothing and records no graphs."],
        _ => ["Read the log's end with Get-LlmServerLog, then restart it: Restart-LlmServer."],
    };
}
