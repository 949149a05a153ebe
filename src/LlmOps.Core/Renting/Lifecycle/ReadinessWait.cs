using LlmOps.Providers;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>Waits until a rented machine can be logged in to. That its provider calls it running says little: its SSH server answers minutes later.</summary>
/// <param name="provider">The account.</param>
/// <param name="access">The way to the machine.</param>
/// <param name="home">Where keys are kept.</param>
/// <param name="time">The clock.</param>
internal sealed class ReadinessWait(IGpuProvider provider, IRigAccess access, LlmOpsHome home, TimeProvider time)
{
    private const int LogTail = 10;

    /// <summary>Waits.</summary>
    /// <param name="rental">The rental.</param>
    /// <param name="report">Told how far it is.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The rig, and its machine as it was last seen.</returns>
    /// <exception cref="LlmOpsException"><c>RentedMachineGone</c>, <c>RentedMachineFailed</c>, <c>RentedMachineNotReady</c>; or the provider refuses the key.</exception>
    public async Task<(GpuRig Rig, RentedMachine Machine)> RunAsync(Rental rental, Action<RentalProgress> report, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var seen = false;
        var absences = 0;
        var said = "its provider has not shown it yet";
        while (true)
        {
            try
            {
                var machine = await provider.FindAsync(rental.MachineId!, cancel).ConfigureAwait(false);
                if (machine is null or { State: MachineState.Gone })
                {
                    // A machine that was just made may not be shown yet, and one look may err.
                    if ((seen || time.GetElapsedTime(began) >= provider.Info.ListingLag) && ++absences == 2) throw RentalErrors.MachineGone(rental.Terms.RigName, provider.Info.Name);
                }
                else
                {
                    (seen, absences, said) = (true, 0, Words(machine));
                    if (machine.State is MachineState.Failed or MachineState.Terminating || (machine.State == MachineState.Stopped && time.GetElapsedTime(began) >= provider.Info.ListingLag)) throw RentalErrors.MachineFailed(rental.Terms.RigName, said + await LogAsync(machine, cancel).ConfigureAwait(false));
                    var rig = RigProfile.Of(rental, machine, provider, home);
                    if (machine.State == MachineState.Running && (rig.Ssh is not null || rig.IsSimulated))
                    {
                        report(new RentalProgress(RentalStage.Reaching, $"{said}; logging in to {rig.Ssh}"));
                        var reach = await access.TryReachAsync(rig, machine.Ssh?.OtherUsers ?? [], cancel).ConfigureAwait(false);
                        if (reach.Rig is { } reached) return (reached, machine);
                        said = reach.Reason ?? said;
                    }
                }
            }
            catch (ProviderException failure) when (failure.MayPass())
            {
                said = failure.Message;
            }

            if (time.GetElapsedTime(began) >= provider.Info.ReadyTimeout)
                throw RentalErrors.NotReady(rental.Terms.RigName, provider.Info.ReadyTimeout, said);
            report(new RentalProgress(RentalStage.Starting, $"{provider.Info.Name} starts the machine: {said}"));
            await Task.Delay(provider.Info.PollInterval, time, cancel).ConfigureAwait(false);
        }
    }

    private static string Words(RentedMachine machine) => machine.StatusDetail is { Length: > 0 } detail ? $"{machine.Status}, {detail}" : machine.Status;

    private async Task<string> LogAsync(RentedMachine machine, CancellationToken cancel)
    {
        if (provider is not IRigLogs logs) return "";
        try
        {
            var lines = new List<string>();
            await foreach (var line in logs.ReadLogsAsync(machine.Id, LogTail, follow: false, cancel).ConfigureAwait(false)) lines.Add(line.Text);
            return lines.Count == 0 ? "" : Environment.NewLine + string.Join(Environment.NewLine, lines);
        }
        catch (ProviderException)
        {
            return "";
        }
    }
}
