using LlmOps.Providers;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>
/// Ends rented machines. The end counts only when the provider has said by two ways, by id and by its list, that the machine is gone; until then it is
/// asked for again and again, for 20 minutes, and the journal keeps saying that it is wanted.
/// </summary>
/// <param name="journal">What is rented.</param>
/// <param name="home">Where keys are kept.</param>
/// <param name="time">The clock.</param>
public sealed class RigTermination(RigJournal journal, LlmOpsHome home, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    /// <summary>Ends a rental.</summary>
    /// <param name="rental">The rental.</param>
    /// <param name="provider">Its account.</param>
    /// <param name="note">Why, for the receipt; null where somebody simply wished it.</param>
    /// <param name="report">Told how far it is, in a sentence; or null.</param>
    /// <param name="cancel">Ends the wait; the journal knows that the end is wanted.</param>
    /// <exception cref="LlmOpsException"><c>TerminationUnconfirmed</c>; or the provider knows the key no more.</exception>
    public async Task<RigReceipt> EndAsync(Rental rental, IGpuProvider provider, string? note, Action<string>? report, CancellationToken cancel)
    {
        if (rental is { State: RentalState.Gone, Receipt: { } before }) return before;
        journal.Append(rental.Id, RentalEvent.Terminating, entry => entry with { Note = note });
        var id = rental.MachineId;
        if (id is null)
        {
            report?.Invoke($"Looking whether {provider.Info.Name} has made {rental.Terms.MachineName}");
            id = (await new MachineSearch(provider, time).FindAsync(rental.Terms.MachineName, cancel).ConfigureAwait(false))?.Id;
            if (id is null) return await CloseAsync(rental, provider, null, note ?? "It was never made.", false).ConfigureAwait(false);
            journal.Append(rental.Id, RentalEvent.Created, entry => entry with { MachineId = id, At = rental.IntendedAt }); // not since somebody has looked: it has billed meanwhile
            rental = journal.Find(rental.Id) ?? rental with { MachineId = id };
        }

        var (machine, lived) = await UntilGoneAsync(rental.Terms.RigName, rental.Terms.MachineName, id, rental.ReadyAt is not null, provider, report, cancel).ConfigureAwait(false);
        return await CloseAsync(rental with { MachineId = id }, provider, machine, note, lived).ConfigureAwait(false);
    }

    /// <summary>Ends a machine that this workstation's journal does not know.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="provider">Its account.</param>
    /// <param name="report">Told how far it is, in a sentence; or null.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="LlmOpsException"><c>TerminationUnconfirmed</c>; or the provider knows the key no more.</exception>
    public async Task<RigReceipt> EndAsync(RentedMachine machine, IGpuProvider provider, Action<string>? report, CancellationToken cancel)
    {
        var last = (await UntilGoneAsync(machine.ToString(), machine.Name, machine.Id, true, provider, report, cancel).ConfigureAwait(false)).Last ?? machine;
        var now = time.GetUtcNow();
        var duration = machine.CreatedAt is { } created && created < now ? now - created : TimeSpan.Zero;
        if (MachineName.Parse(machine.Name) is { } name) await RegisteredKey.ForgetAsync(provider, name.Rental).ConfigureAwait(false);
        return new RigReceipt
        {
            Name = machine.Name,
            Provider = machine.Provider,
            MachineId = machine.Id,
            StartedAt = machine.CreatedAt,
            EndedAt = now,
            Duration = duration,
            PricePerHour = machine.PricePerHour ?? 0,
            Cost = last.Cost ?? (machine.PricePerHour ?? 0) * (decimal)duration.TotalHours,
            IsCostFromProvider = last.Cost is not null,
            StillBilled = [.. machine.Volumes.Select(volume => $"volume {volume}")],
            IsSimulated = provider is ISimulatedMachines,
        };
    }

    /// <summary>Writes down that a rental is over, and what it came to.</summary>
    /// <param name="rental">The rental.</param>
    /// <param name="provider">Its account.</param>
    /// <param name="machine">The machine as it was last seen, or null.</param>
    /// <param name="note">How it ended.</param>
    /// <param name="ended">True if its end was seen now; false if it was over already, nobody knows since when.</param>
    internal async Task<RigReceipt> CloseAsync(Rental rental, IGpuProvider provider, RentedMachine? machine, string? note, bool ended)
    {
        await RegisteredKey.ForgetAsync(provider, rental.Id).ConfigureAwait(false);
        var now = time.GetUtcNow();
        var terms = rental.Terms;
        var duration = rental.RunningTime(now);
        var longest = terms.Limits.LongestAt(terms.PricePerHour);
        if (!ended && duration > longest && (terms.Guarded || terms.ProviderExpiry is not null)) duration = longest; // what was to end it has done so, at the latest then
        var receipt = new RigReceipt
        {
            Name = terms.RigName,
            Provider = terms.Provider,
            MachineId = rental.MachineId,
            StartedAt = rental.CreatedAt,
            EndedAt = now,
            Duration = duration,
            PricePerHour = terms.PricePerHour,
            Cost = machine?.Cost ?? terms.PricePerHour * (decimal)duration.TotalHours,
            IsCostFromProvider = machine?.Cost is not null,
            IsSimulated = provider is ISimulatedMachines,
            StillBilled = terms.Volume is { } volume ? [VolumeText.Of(volume)] : [],
            Note = note,
        };
        journal.Append(rental.Id, RentalEvent.Gone, entry => entry with { Receipt = receipt, Note = note });
        RentalKey.Forget(home, rental);
        return receipt;
    }

    /// <summary>
    /// Asks for the end until the machine is gone; returns it as it was last seen, and whether it still lived when this began. What was never seen may only not be shown yet.
    /// </summary>
    private async Task<(RentedMachine? Last, bool Lived)> UntilGoneAsync(string name, string machineName, string id, bool seen, IGpuProvider provider, Action<string>? report, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        long? askedAt = null;
        var pause = TimeSpan.Zero;
        var last = await LastLookAsync(provider, id, cancel).ConfigureAwait(false);
        seen |= last is not null;
        var lived = last is { State: not MachineState.Gone };
        var absences = 0;
        var said = "it has not answered yet";
        while (true)
        {
            try
            {
                if (absences == 0 && (askedAt is null || time.GetElapsedTime(askedAt.Value) >= pause))
                {
                    var asked = await provider.TerminateAsync(id, cancel).ConfigureAwait(false);
                    askedAt = time.GetTimestamp();
                    pause = asked.RetryAfter ?? AskAgain;
                    said = asked.Detail ?? (asked.Outcome == TerminationOutcome.NotYet ? "it can't be ended yet" : "its end is accepted");
                }

                var machine = absences == 0
                    ? await provider.FindAsync(id, cancel).ConfigureAwait(false)
                    : (await provider.ListAsync(cancel).ConfigureAwait(false)).FirstOrDefault(listed => listed.Id == id || (machineName.Length > 0 && listed.Name == machineName));
                var isGone = machine is null or { State: MachineState.Gone };
                lived |= !isGone;
                if (machine is not null) (last, seen, said) = (machine, true, $"it says '{machine.Status}'");
                absences = !isGone ? 0 : seen || time.GetElapsedTime(began) >= provider.Info.ListingLag ? absences + 1 : 0;
                if (absences == 2) return (last, lived);
            }
            catch (ProviderException failure) when (failure.Failure is not (ProviderFailure.KeyRefused or ProviderFailure.Forbidden or ProviderFailure.Retired))
            {
                (absences, said, askedAt, pause) = (0, failure.Message, time.GetTimestamp(), failure.RetryAfter ?? provider.Info.PollInterval);
            }

            if (time.GetElapsedTime(began) >= Patience) throw RentalErrors.TerminationUnconfirmed(name, provider.Info.Name, provider.Info.Console, said);
            report?.Invoke($"Waiting until {provider.Info.Name} says that it is gone: {said}");
            await Task.Delay(provider.Info.PollInterval, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The machine before its end is asked for, for what it has cost; null where it can't be seen.</summary>
    private static async Task<RentedMachine?> LastLookAsync(IGpuProvider provider, string id, CancellationToken cancel)
    {
        try
        {
            return await provider.FindAsync(id, cancel).ConfigureAwait(false);
        }
        catch (ProviderException)
        {
            return null; // its end is what matters
        }
    }
}
