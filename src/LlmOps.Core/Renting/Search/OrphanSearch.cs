using System.Runtime.CompilerServices;
using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>
/// Finds the machines of an account that bill although nobody looks after them: those with LlmOps' names that the journal does not know, and those of the
/// journal whose process is gone, whose end is not confirmed, or whose time is over. Machines of other owners are left out unless they are asked for.
/// </summary>
/// <param name="journal">What is rented.</param>
/// <param name="reconciler">Asks the provider.</param>
/// <param name="owner">Whose machines.</param>
/// <param name="time">The clock.</param>
public sealed class OrphanSearch(RigJournal journal, RigReconciler reconciler, string owner, TimeProvider time)
{
    private static readonly TimeSpan Overtime = TimeSpan.FromMinutes(15);

    /// <summary>Searches an account.</summary>
    /// <param name="provider">The account.</param>
    /// <param name="anyOwner">True also brings other owners' machines, of which this workstation can't say whether somebody looks after them.</param>
    /// <param name="cancel">Ends the search.</param>
    /// <exception cref="ProviderException">The provider can't be asked.</exception>
    public async IAsyncEnumerable<RigOrphan> FindAsync(IGpuProvider provider, bool anyOwner, [EnumeratorCancellation] CancellationToken cancel)
    {
        await AwaitLateOnesAsync(provider, cancel).ConfigureAwait(false);
        var found = await reconciler.RunAsync(provider, cancel).ConfigureAwait(false);
        var open = found.Rentals.Where(standing => standing.Rental.IsOpen).ToDictionary(standing => standing.Rental.Terms.MachineName);
        foreach (var standing in open.Values)
            if (ReasonOf(standing.Rental) is { } reason) yield return Of(standing.Rental, standing.Machine, provider, reason);
        foreach (var machine in found.Machines.Where(machine => machine.State != MachineState.Gone && !open.ContainsKey(machine.Name)))
            if (MachineName.Parse(machine.Name) is { } name && (anyOwner || name.Owner == owner)) yield return Of(machine, name.Owner);
    }

    /// <summary>Why a rental is an orphan; null if it is none.</summary>
    private OrphanReason? ReasonOf(Rental rental)
    {
        if (rental.State == RentalState.Terminating) return OrphanReason.EndUnconfirmed; // whoever is at it may have given up, and to ask twice does no harm
        var isInHands = reconciler.IsInHands(rental);
        if (rental.State is RentalState.Intended || rental.ReadyAt is null) return isInHands ? null : OrphanReason.NeverReady;
        if (rental.Terms.ForBlock && !isInHands) return OrphanReason.BlockOver;
        var longest = rental.Terms.Limits.LongestAt(rental.Terms.PricePerHour);
        return rental.RunningTime(time.GetUtcNow()) > longest + Overtime * rental.Terms.ClockSpeed ? OrphanReason.Overdue : null;
    }

    /// <summary>A machine whose request was out when its process was lost may appear in the list only now: it is waited for as long as the list may lag.</summary>
    private async Task AwaitLateOnesAsync(IGpuProvider provider, CancellationToken cancel)
    {
        foreach (var rental in journal.Read())
        {
            if (rental.State != RentalState.Intended || rental.Terms.Provider != provider.Info.Name || reconciler.IsInHands(rental)) continue;
            if (await new MachineSearch(provider, time).FindAsync(rental.Terms.MachineName, cancel).ConfigureAwait(false) is null)
                journal.Append(rental.Id, RentalEvent.Gone, entry => entry with { Note = "It was never made." });
        }
    }

    private static RigOrphan Of(Rental rental, RentedMachine? machine, IGpuProvider provider, OrphanReason reason) => new()
    {
        Name = rental.Terms.MachineName,
        Provider = provider.Info.Name,
        MachineId = rental.MachineId,
        Owner = MachineName.Parse(rental.Terms.MachineName)?.Owner ?? "",
        Reason = reason,
        Status = machine?.Status,
        RigName = rental.Terms.RigName,
        PricePerHour = rental.Terms.PricePerHour,
        CreatedAt = rental.CreatedAt,
        Rental = rental,
    };

    private static RigOrphan Of(RentedMachine machine, string owner) => new()
    {
        Name = machine.Name,
        Provider = machine.Provider,
        MachineId = machine.Id,
        Owner = owner,
        Reason = OrphanReason.Unknown,
        Status = machine.Status,
        PricePerHour = machine.PricePerHour,
        CreatedAt = machine.CreatedAt,
    };
}
