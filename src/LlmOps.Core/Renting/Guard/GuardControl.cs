using LlmOps.Processes;
using LlmOps.Protocol.Operations;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>Arms, changes and asks the guard of this machine. It runs in a session of its own; whoever connects starts it again if it is gone.</summary>
/// <param name="layout">Where things lie.</param>
/// <param name="time">The clock.</param>
internal sealed class GuardControl(RigLayout layout, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly GuardFolder _folder = new(layout.Guard);

    /// <summary>Arms the guard, in place of one that was armed before.</summary>
    /// <param name="args">What it is to do, and with which key.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<GuardStatus> ArmAsync(GuardArmArgs args, CancellationToken cancel)
    {
        Directory.CreateDirectory(_folder.Path);
        using (GuardAccounts.Open(args.Spec, SecureText.Hide(args.Key)))
        {
            // Only to see that there is a key that could be one.
        }

        if (_folder.ReadSpec()?.MachineId != args.Spec.MachineId) _folder.ClearState(); // what another machine has run is not ours
        _folder.WriteKey(args.Key);
        _folder.WriteSpec(args.Spec);
        await EnsureRunningAsync(cancel).ConfigureAwait(false);
        return Status();
    }

    /// <summary>Changes what the machine is held to.</summary>
    /// <param name="args">The new limits.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="LlmOpsException"><c>GuardMissing</c>.</exception>
    public async Task<GuardStatus> SetAsync(GuardSetArgs args, CancellationToken cancel)
    {
        _folder.WriteSpec((_folder.ReadSpec() ?? throw GuardErrors.Missing()) with { Held = args.Held });
        await EnsureRunningAsync(cancel).ConfigureAwait(false);
        return Status();
    }

    /// <summary>Takes the guard back, as before the machine is stopped: what it has counted would be wrong afterwards.</summary>
    public GuardStatus Disarm()
    {
        _folder.Clear();
        return Status();
    }

    /// <summary>How the guard stands.</summary>
    public GuardStatus Status() => new(_folder.ReadSpec(), _folder.ReadState(), _folder.IsRunning());

    /// <summary>Starts the guard again if it is armed and does not run.</summary>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="LlmOpsException"><c>GuardNotStarted</c>.</exception>
    public async Task EnsureRunningAsync(CancellationToken cancel)
    {
        if (_folder.ReadSpec() is null || _folder.IsRunning()) return;
        var guard = RunningProcess.Start(new ProcessStart
        {
            FileName = Environment.ProcessPath!,
            Arguments = ["guard", _folder.Path],
            LogFile = _folder.Log,
            Detached = true,
        });
        var began = time.GetTimestamp();
        while (_folder.ReadState()?.ProcessId != guard.Id)
        {
            if (guard.Exited.IsCompleted && _folder.IsRunning()) return; // another was faster
            if (guard.Exited.IsCompleted || time.GetElapsedTime(began) > StartLimit) throw GuardErrors.NotStarted(_folder.Log);
            await Task.Delay(Poll, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The body of the guard's process.</summary>
    /// <param name="path">The guard's folder.</param>
    /// <param name="stop">SIGTERM.</param>
    public static async Task RunAsync(string path, CancellationToken stop)
    {
        var folder = new GuardFolder(path);
        using var held = folder.TryLock();
        if (held is null || folder.ReadSpec() is not { } spec) return;
        var time = TimeProvider.System;
        var layout = RigLayout.FromEnvironment();
        using var engines = new EngineUse(new Engines.ServerCatalog(layout, time).ListAsync, time);
        var sensor = new RigUseSensor(new LoginUse(), new CommandUse(folder.Used), new JobUse(layout), engines, new GpuUse(time));
        await new RigGuard(folder, spec, sensor, new ProviderEnding(folder, layout, GuardAccounts.Open, time), time).RunAsync(stop).ConfigureAwait(false);
    }
}
