using LlmOps.Providers;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>
/// Brings the journal and the rigs of this workstation into agreement with what the providers say. It ends nothing: a machine is taken over by its name, its
/// address is read anew, and a rental is closed once the provider has said by two ways that its machine is gone. A list that can't be had changes nothing.
/// </summary>
/// <param name="journal">What is rented.</param>
/// <param name="rigs">The rigs of this workstation.</param>
/// <param name="home">Where keys are kept.</param>
/// <param name="time">The clock.</param>
/// <param name="mayLive">Whether a process that asked for a machine may still be at it; null asks the system.</param>
public sealed class RigReconciler(RigJournal journal, RigStore rigs, LlmOpsHome home, TimeProvider time, Func<JournalProcess, bool>? mayLive = null)
{
    private readonly Func<JournalProcess, bool> _mayLive = mayLive ?? (process => process.MayLive());

    /// <summary>Asks a provider about all open rentals with it.</summary>
    /// <param name="provider">The account.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <returns>The open rentals as they are afterwards, each with its machine where there is one; and those that were found to be over.</returns>
    /// <exception cref="ProviderException">The provider can't be asked; nothing was changed.</exception>
    public async Task<Reconciliation> RunAsync(IGpuProvider provider, CancellationToken cancel)
    {
        var open = journal.Read().Where(rental => rental.IsOpen && rental.Terms.Provider == provider.Info.Name).ToList();
        var machines = await provider.ListAsync(cancel).ConfigureAwait(false);
        var standings = new List<RentalStanding>();
        foreach (var rental in open) standings.Add(await JudgeAsync(rental, machines, provider, cancel).ConfigureAwait(false));
        return new Reconciliation(standings, machines);
    }

    /// <summary>True if a process still works on making the machine ready.</summary>
    /// <param name="rental">The rental.</param>
    public bool IsInHands(Rental rental) => rental.Process is { } process && _mayLive(process);

    private async Task<RentalStanding> JudgeAsync(Rental rental, IReadOnlyList<RentedMachine> machines, IGpuProvider provider, CancellationToken cancel)
    {
        var listed = machines.FirstOrDefault(machine => machine.Id == rental.MachineId) ?? machines.FirstOrDefault(machine => machine.Name == rental.Terms.MachineName);
        if (listed is { State: not MachineState.Gone }) return new RentalStanding(Present(rental, listed, provider), listed, null);
        if (rental is not { ReadyAt: not null, MachineId: { } id }) return new RentalStanding(rental, null, null); // it may only not be shown yet, and a wall clock can't tell for how long
        if (await provider.FindAsync(id, cancel).ConfigureAwait(false) is { State: not MachineState.Gone } found) return new RentalStanding(Present(rental, found, provider), found, null);
        var note = rental.State == RentalState.Terminating ? rental.Note : "It ended by itself, or somebody ended it elsewhere.";
        var receipt = await new RigTermination(journal, home, time).CloseAsync(rental, provider, listed, note, ended: false).ConfigureAwait(false);
        rigs.Remove(rental);
        return new RentalStanding(rental with { State = RentalState.Gone, Receipt = receipt, Note = note }, null, receipt);
    }

    private Rental Present(Rental rental, RentedMachine machine, IGpuProvider provider)
    {
        var change = (rental.State, machine.State) switch
        {
            (RentalState.Intended, _) when !IsInHands(rental) => RentalEvent.Created,
            (RentalState.Ready or RentalState.Created, MachineState.Stopped) when rental.ReadyAt is not null => RentalEvent.Stopped,
            (RentalState.Stopped, MachineState.Running) => RentalEvent.Started,
            _ => (RentalEvent?)null,
        };
        if (change is { } happened)
        {
            // What is found now was made when it was asked for.
            journal.Append(rental.Id, happened, entry => entry with { MachineId = machine.Id, At = happened == RentalEvent.Created ? rental.IntendedAt : entry.At });
            rental = journal.Find(rental.Id)!;
        }

        if (rental.State is not (RentalState.Intended or RentalState.Terminating) && rigs.Find(rental) is { } rig)
            Refresh(rig, RigProfile.Of(rental, machine, provider, home));
        return rental;
    }

    /// <summary>The address may be another after every start.</summary>
    private void Refresh(GpuRig rig, GpuRig now)
    {
        if (now.Ssh is null || (rig.Ssh is { } known && known.HostName == now.Ssh.HostName && known.Port == now.Ssh.Port)) return;
        rigs.Save(rig with { Ssh = rig.Ssh is null ? now.Ssh : rig.Ssh with { HostName = now.Ssh.HostName, Port = now.Ssh.Port } });
    }
}

/// <summary>How a provider and the journal stand to each other.</summary>
/// <param name="Rentals">The rentals that were open before.</param>
/// <param name="Machines">All machines of the account, also others'.</param>
public sealed record Reconciliation(IReadOnlyList<RentalStanding> Rentals, IReadOnlyList<RentedMachine> Machines);

/// <summary>How a rental stands.</summary>
/// <param name="Rental">The rental.</param>
/// <param name="Machine">Its machine; null where the provider shows none.</param>
/// <param name="Receipt">What it came to, if it was found to be over just now; else null.</param>
public sealed record RentalStanding(Rental Rental, RentedMachine? Machine, RigReceipt? Receipt);
