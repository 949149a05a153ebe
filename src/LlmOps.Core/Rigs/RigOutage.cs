using LlmOps.Protocol;

namespace LlmOps.Rigs;

/// <summary>Judges, for one request, whether a rig that is out of reach is still worth waiting for.</summary>
/// <param name="patience">How long it may stay out of reach.</param>
/// <param name="time">The clock.</param>
internal sealed class RigOutage(TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private TimeSpan _pause = FirstPause;
    private long _attempt;
    private long? _since;

    /// <summary>An attempt begins.</summary>
    public void Begin() => _attempt = time.GetTimestamp();

    /// <summary>The rig has answered.</summary>
    public void End()
    {
        _since = null;
        _pause = FirstPause;
    }

    /// <summary>True for a failure that may pass by itself while there is patience left.</summary>
    /// <param name="failure">Why the attempt failed.</param>
    /// <param name="hasConnected">True if the rig was reached before.</param>
    public bool MayPass(LlmOpsException failure, bool hasConnected)
    {
        if (!IsOutage(failure, hasConnected)) return false;

        // A connection that broke at once is no sign of life: else an agent that dies of the request would be asked for ever.
        if (failure is RigConnectionLostException && time.GetElapsedTime(_attempt) > AgentProtocol.BeatInterval) End();
        _since ??= time.GetTimestamp();
        return time.GetElapsedTime(_since.Value) < patience;
    }

    /// <summary>How long to wait before the next attempt.</summary>
    public TimeSpan NextPause()
    {
        var pause = _pause;
        _pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        return pause;
    }

    // A name server is out of reach too while the network is away, and a rig that is being started refuses, hangs up and falls silent in turn.
    // What only a person can change (keys, names, permissions) is not waited for.
    private static bool IsOutage(LlmOpsException failure, bool hasConnected) => failure switch
    {
        { IsFromRig: true } => false,
        RigConnectionLostException => true,
        _ => hasConnected && (failure.Kind is ErrorKind.ConnectionError or ErrorKind.OperationTimeout or ErrorKind.ResourceUnavailable || failure.ErrorId == "HostNotResolved"),
    };
}
