using LlmOps.Providers;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>
/// Asks a provider for one machine, once. The intent is in the journal before the request goes out; where the answer is lost, the machine is looked for by
/// its name and taken over, or shown not to exist. The request itself is never repeated.
/// </summary>
/// <param name="provider">The account.</param>
/// <param name="journal">What is rented.</param>
/// <param name="home">Where keys are kept.</param>
/// <param name="time">The clock.</param>
internal sealed class MachineCreation(IGpuProvider provider, RigJournal journal, LlmOpsHome home, TimeProvider time)
{
    /// <summary>Rents the machine. Nobody can stop this half way: the caller may stop waiting for it.</summary>
    /// <param name="id">The rental.</param>
    /// <param name="terms">What is agreed.</param>
    /// <param name="spec">The request.</param>
    /// <param name="report">Told how far it is.</param>
    /// <returns>The rental with its machine.</returns>
    /// <exception cref="ProviderException">Nothing was rented.</exception>
    /// <exception cref="LlmOpsException"><c>RentalOutcomeUnknown</c>; <c>RentalJournalUnwritable</c>, and what was made is ended again; or the request was none that could be sent.</exception>
    public async Task<Rental> RunAsync(string id, RentalTerms terms, RigSpec spec, Action<RentalProgress> report)
    {
        var intendedAt = time.GetUtcNow();
        journal.Append(id, RentalEvent.Intended, entry => entry with { Terms = terms });
        RentedMachine machine;
        DateTimeOffset? madeAt = null;
        try
        {
            spec = await WithKeyAsync(id, spec).ConfigureAwait(false);
            report(new RentalProgress(RentalStage.Asking, $"Asking {provider.Info.Name} for {terms}"));
            machine = await provider.CreateAsync(spec, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ProviderException lost) when (lost.MachineMayExist)
        {
            report(new RentalProgress(RentalStage.Searching, $"{lost.Message} Looking for {spec.Name}"));
            machine = await SearchAsync(id, spec, lost).ConfigureAwait(false);
            madeAt = intendedAt; // it has billed for as long as the search took
        }
        catch (LlmOpsException refused)
        {
            await NotMadeAsync(id, refused.Message).ConfigureAwait(false);
            throw;
        }

        return await CreatedAsync(id, machine, madeAt, report).ConfigureAwait(false);
    }

    private async Task<RentedMachine> SearchAsync(string id, RigSpec spec, ProviderException lost)
    {
        RentedMachine? found;
        try
        {
            found = await new MachineSearch(provider, time).FindAsync(spec.Name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ProviderException unseen)
        {
            // There may be a machine, and nobody wants it any more: the journal keeps saying that its end is wanted, until somebody has seen to it.
            journal.Append(id, RentalEvent.Terminating, entry => entry with { Note = $"{lost.Message} Whether it was made could not be seen: {unseen.Message}" });
            throw RentalErrors.OutcomeUnknown(provider.Info.Name, spec.Name, unseen);
        }

        if (found is not null) return found;
        await NotMadeAsync(id, $"{lost.Message} It was not found afterwards.").ConfigureAwait(false);
        throw RentalErrors.OutcomeUnknown(provider.Info.Name, spec.Name, lost);
    }

    private async Task NotMadeAsync(string id, string note)
    {
        journal.Append(id, RentalEvent.Gone, entry => entry with { Note = note });
        await RegisteredKey.ForgetAsync(provider, id).ConfigureAwait(false);
    }

    private async Task<RigSpec> WithKeyAsync(string id, RigSpec spec)
    {
        if (provider is not ISshKeyStore keys) return spec;
        try
        {
            return spec with { SshKey = await keys.EnsureKeyAsync(RegisteredKey.NameOf(id), spec.SshPublicKey, CancellationToken.None).ConfigureAwait(false) };
        }
        catch (ProviderException failure) when (failure.MachineMayExist)
        {
            // Only a key may have come of it, and that opens nothing.
            throw ProviderErrors.AnswerUnexpected(provider.Info, failure.Detail ?? failure.Message, failure);
        }
    }

    private async Task<Rental> CreatedAsync(string id, RentedMachine machine, DateTimeOffset? madeAt, Action<RentalProgress> report)
    {
        try
        {
            journal.Append(id, RentalEvent.Created, entry => entry with { MachineId = machine.Id, At = madeAt ?? entry.At });
        }
        catch (LlmOpsException)
        {
            // Nobody would look after a machine that the journal does not know.
            await EndUnknownAsync(machine, report).ConfigureAwait(false);
            throw;
        }

        return journal.Find(id)!;
    }

    private async Task EndUnknownAsync(RentedMachine machine, Action<RentalProgress> report)
    {
        try
        {
            await new RigTermination(journal, home, time)
                .EndAsync(machine, provider, detail => report(new RentalProgress(RentalStage.Ending, detail)), CancellationToken.None).ConfigureAwait(false);
        }
        catch (ProviderException failure)
        {
            throw RentalErrors.TerminationUnconfirmed(machine.Name, provider.Info.Name, provider.Info.Console, failure.Message); // no candidate may follow
        }
    }
}
