using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>
/// Asks a provider for one machine, once. The intent is in the journal before the request goes out; where the answer is lost, the machine is looked for by
/// its name and taken over, or shown not to exist. The request itself is never repeated.
/// </summary>
/// <param name="provider">The account.</param>
/// <param name="journal">What is rented.</param>
/// <param name="time">The clock.</param>
internal sealed class MachineCreation(IGpuProvider provider, RigJournal journal, TimeProvider time)
{
    /// <summary>Rents the machine. Nobody can stop this half way: the caller may stop waiting for it.</summary>
    /// <param name="id">The rental.</param>
    /// <param name="terms">What is agreed.</param>
    /// <param name="spec">The request.</param>
    /// <param name="report">Told how far it is.</param>
    /// <returns>The rental with its machine.</returns>
    /// <exception cref="ProviderException">Nothing was rented.</exception>
    /// <exception cref="LlmOpsException"><c>RentalOutcomeUnknown</c>.</exception>
    public async Task<Rental> RunAsync(string id, RentalTerms terms, RigSpec spec, Action<RentalProgress> report)
    {
        journal.Append(id, RentalEvent.Intended, entry => entry with { Terms = terms });
        try
        {
            spec = await WithKeyAsync(id, spec).ConfigureAwait(false);
            report(new RentalProgress(RentalStage.Asking, $"Asking {provider.Info.Name} for {terms}"));
            var machine = await provider.CreateAsync(spec, CancellationToken.None).ConfigureAwait(false);
            return Created(id, machine);
        }
        catch (ProviderException lost) when (lost.MachineMayExist)
        {
            report(new RentalProgress(RentalStage.Searching, $"{lost.Message} Looking for {spec.Name}"));
            if (await new MachineSearch(provider, time).FindAsync(spec.Name, CancellationToken.None).ConfigureAwait(false) is { } found) return Created(id, found);
            journal.Append(id, RentalEvent.Gone, entry => entry with { Note = $"{lost.Message} It was not found afterwards." });
            await RegisteredKey.ForgetAsync(provider, id).ConfigureAwait(false);
            throw RentalErrors.OutcomeUnknown(provider.Info.Name, spec.Name, lost);
        }
        catch (ProviderException refused)
        {
            journal.Append(id, RentalEvent.Gone, entry => entry with { Note = refused.Message });
            await RegisteredKey.ForgetAsync(provider, id).ConfigureAwait(false);
            throw;
        }
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

    private Rental Created(string id, RentedMachine machine)
    {
        journal.Append(id, RentalEvent.Created, entry => entry with { MachineId = machine.Id });
        return journal.Find(id)!;
    }
}
