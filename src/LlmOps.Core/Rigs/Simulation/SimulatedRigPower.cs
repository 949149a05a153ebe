using System.Net;
using LlmOps.Processes;

namespace LlmOps.Rigs.Simulation;

/// <summary>Switches a rehearsal rig on and off: its model hub and its SSH server.</summary>
/// <param name="folder">The rig's folder.</param>
/// <param name="time">The clock.</param>
public sealed class SimulatedRigPower(SimulatedRigFolder folder, TimeProvider time)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly SimulatedRigProcesses _processes = new(folder);

    /// <summary>Starts what does not run. Ports stay as they were, unless somebody else took them meanwhile.</summary>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The state of the rig with the ports that are in use.</returns>
    /// <exception cref="LlmOpsException"><c>SimulatedRigMissing</c>, <c>SimulatorMissing</c> or <c>SimulatedRigNotStarted</c>.</exception>
    public async Task<SimulatedRigState> StartAsync(CancellationToken cancel)
    {
        var state = SimulatedRigState.Read(folder);
        if (!File.Exists(state.Simulator)) throw SimulatorErrors.ExecutableMissing(state.Simulator);
        if (_processes.Find("hub") is null) state = await StartHubAsync(state, cancel).ConfigureAwait(false);
        if (SimulatedSshServer.IsAvailable && _processes.Find("sshd") is null)
        {
            var port = await new SimulatedSshServer(folder, IPAddress.Parse(state.Address)).StartAsync(state.SshPort ?? LoopbackPort.Choose(), cancel).ConfigureAwait(false);
            state = state with { SshPort = port };
        }

        state.Write(folder);
        return state;
    }

    /// <summary>Ends every process of the rig. Its files stay.</summary>
    /// <param name="cancel">Ends the wait.</param>
    /// <param name="ancestorsToo">True where a process of the rig itself ends the rig.</param>
    /// <exception cref="LlmOpsException"><c>SimulatedRigNotEnded</c>.</exception>
    public Task StopAsync(CancellationToken cancel, bool ancestorsToo = false) => _processes.EndAsync(time, cancel, ancestorsToo);

    private async Task<SimulatedRigState> StartHubAsync(SimulatedRigState state, CancellationToken cancel)
    {
        if (!LoopbackPort.IsFree(state.HubPort)) state = state with { HubPort = LoopbackPort.Choose() };
        state.Write(folder);
        File.Delete(folder.HubAddress);
        var log = folder.Join("state/hub.log");
        var hub = RunningProcess.Start(new ProcessStart
        {
            FileName = state.Simulator,
            Arguments = ["hub", folder.Path],
            Environment = new Dictionary<string, string?> { [SimulatedRigFolder.Variable] = folder.Path, ["DOTNET_EnableDiagnostics"] = "0" },
            Detached = true,
            LogFile = log,
        });
        await using (hub.ConfigureAwait(false))
        {
            _processes.Record(hub.Id, "hub");
            var began = time.GetTimestamp();
            while (!File.Exists(folder.HubAddress))
            {
                if (hub.Exited.IsCompleted || time.GetElapsedTime(began) > StartLimit)
                    throw SimulatorErrors.NotStarted("model hub", await File.ReadAllTextAsync(log, cancel).ConfigureAwait(false));
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancel).ConfigureAwait(false);
            }
        }

        return state;
    }
}
