namespace LlmOps.Renting;

/// <summary>
/// The guard on a rented machine: it ends the machine when that is too old, has cost too much, or is not used any more, and needs nobody for it. Its limits
/// are read anew at every look, so that they can be extended also while it already tries to end the machine.
/// </summary>
/// <remarks>
/// Time is counted, not compared: a clock that is set anew neither ends a machine early nor keeps it. Only while the guard itself did not run is the
/// system's clock asked how long that was.
/// </remarks>
internal sealed class RigGuard
{
    /// <summary>How long before the end the engines are told to finish, so that the machine is gone in time.</summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ShortestLook = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly GuardFolder _folder;
    private readonly IRigUseSensor _sensor;
    private readonly IMachineEnding _ending;
    private readonly TimeProvider _time;
    private GuardSpec _spec;
    private GuardState _state;
    private long _countedAt;

    /// <summary>A guard.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="spec">What it is to do as it begins.</param>
    /// <param name="sensor">Looks whether the machine is used.</param>
    /// <param name="ending">Ends the machine.</param>
    /// <param name="time">The system's clock.</param>
    public RigGuard(GuardFolder folder, GuardSpec spec, IRigUseSensor sensor, IMachineEnding ending, TimeProvider time)
    {
        _folder = folder;
        _sensor = sensor;
        _ending = ending;
        _time = time;
        _spec = spec;
        _countedAt = time.GetTimestamp();
        _state = folder.ReadState() is { } before
            ? Later(before, (time.GetUtcNow() - before.At) * spec.ClockSpeed) with { Phase = GuardPhase.Watching, ProcessId = Environment.ProcessId }
            : new GuardState { Phase = GuardPhase.Watching, Running = spec.RanBefore, Idle = TimeSpan.Zero, At = time.GetUtcNow(), ProcessId = Environment.ProcessId };
    }

    /// <summary>Watches until the machine is gone, and this process with it.</summary>
    /// <param name="stop">Ends the guard, not the machine.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        while (Spec() is { } spec)
        {
            await LookAsync(spec, stop).ConfigureAwait(false);
            Write();
            if (Due(spec, DrainTime) is { } due)
            {
                await EndAsync(spec, due, stop).ConfigureAwait(false);
                continue;
            }

            await PauseAsync(spec, UntilLook(spec), stop).ConfigureAwait(false);
        }
    }

    /// <summary>What it is to do by now; null once it is disarmed. What can't be read is no reason to let the meter run on.</summary>
    private GuardSpec? Spec()
    {
        _spec = _folder.ReadSpec() ?? _spec;
        return _folder.IsArmed ? _spec : null;
    }

    /// <summary>What ends the machine now; null if nothing does.</summary>
    private RigEndKind? Due(GuardSpec spec, TimeSpan ahead)
    {
        var next = spec.Held.Ends(_state.Running, _state.Idle, null).FirstOrDefault(end => end.TimeLeft <= (end.Kind == RigEndKind.Idle ? TimeSpan.Zero : ahead));
        return next?.Kind;
    }

    /// <summary>The next look is in time for what may be due next.</summary>
    private TimeSpan UntilLook(GuardSpec spec)
    {
        var next = spec.Held.Ends(_state.Running, _state.Idle, null).Min(end => end.Kind == RigEndKind.Idle ? end.TimeLeft : end.TimeLeft - DrainTime);
        return next < Look ? next.Value : Look;
    }

    private async Task EndAsync(GuardSpec first, RigEndKind due, CancellationToken stop)
    {
        Set(_state with { Phase = GuardPhase.Draining, Reason = due });
        await DrainAsync(first, stop).ConfigureAwait(false);
        var pause = FirstPause;
        while (Spec() is { } spec)
        {
            await LookAsync(spec, stop).ConfigureAwait(false);
            if (Due(spec, DrainTime) is null) // somebody has extended it, or uses it again
            {
                Set(_state with { Phase = GuardPhase.Watching, Reason = null, Attempts = 0, Said = null });
                return;
            }

            string said;
            try
            {
                said = await _ending.EndAsync(spec, stop).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                said = failure.Message; // whatever it is: there is nobody else to ask again
            }

            Set(_state with { Phase = GuardPhase.Ending, Attempts = _state.Attempts + 1, Said = said });
            await PauseAsync(spec, pause, stop).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task DrainAsync(GuardSpec spec, CancellationToken stop)
    {
        try
        {
            await _ending.DrainAsync(spec, stop).ConfigureAwait(false);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            Set(_state with { Said = failure.Message });
        }
    }

    private async Task LookAsync(GuardSpec spec, CancellationToken stop)
    {
        var use = await _sensor.ReadAsync(stop).ConfigureAwait(false);
        Count(spec);
        if (use.By is not null) _state = _state with { Idle = TimeSpan.Zero, LastUse = use.By };
    }

    private void Count(GuardSpec spec)
    {
        var now = _time.GetTimestamp();
        _state = Later(_state, _time.GetElapsedTime(_countedAt, now) * spec.ClockSpeed);
        _countedAt = now;
    }

    private static GuardState Later(GuardState state, TimeSpan passed) =>
        passed <= TimeSpan.Zero ? state : state with { Running = state.Running + passed, Idle = state.Idle + passed };

    private void Set(GuardState state)
    {
        _state = state;
        Write();
    }

    private void Write()
    {
        try
        {
            _folder.WriteState(_state with { At = _time.GetUtcNow() });
        }
        catch (Exception unwritten) when (unwritten is IOException or UnauthorizedAccessException)
        {
            // A full disk is no reason to let the meter run on.
        }
    }

    private Task PauseAsync(GuardSpec spec, TimeSpan pause, CancellationToken stop)
    {
        var real = pause / spec.ClockSpeed;
        return Task.Delay(real < ShortestLook ? ShortestLook : real, _time, stop);
    }
}
