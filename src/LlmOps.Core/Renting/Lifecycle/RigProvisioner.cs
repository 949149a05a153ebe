using System.Collections.Concurrent;
using LlmOps.Providers;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>
/// Rents rigs: tries the candidates in order, waits until the machine can be used, arms its ends, and gives back what failed. Whatever happens in between,
/// a machine that exists is in the journal.
/// </summary>
/// <param name="providers">The accounts.</param>
/// <param name="journal">What is rented.</param>
/// <param name="rigs">The rigs of this workstation.</param>
/// <param name="access">The way to the machines.</param>
/// <param name="home">Where keys are kept.</param>
/// <param name="time">The clock.</param>
public sealed class RigProvisioner(IProviderSource providers, RigJournal journal, RigStore rigs, IRigAccess access, LlmOpsHome home, TimeProvider time)
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    // Of the whole process, since each cmdlet has a provisioner of its own.
    private static readonly ConcurrentDictionary<string, bool> s_resuming = new(StringComparer.Ordinal);

    private readonly List<Task> _unfinished = [];

    /// <summary>What goes on after a call was left early: the end of a machine that nobody waits for, or the readiness of one with <see cref="RentalRequest.NoWait"/>.</summary>
    public Task Unfinished
    {
        get
        {
            lock (_unfinished) return Task.WhenAll(_unfinished);
        }
    }

    /// <summary>Rents a rig.</summary>
    /// <param name="request">The wish.</param>
    /// <param name="report">Told how far it is.</param>
    /// <param name="warn">Told what the user should know although it is no failure.</param>
    /// <param name="cancel">Leaves the call within two seconds; a machine that was asked for is ended meanwhile, and known to the journal.</param>
    /// <exception cref="LlmOpsException">Why nothing was rented, or what was rented failed and is ended again.</exception>
    public async Task<GpuRig> RentAsync(RentalRequest request, Action<RentalProgress> report, Action<string> warn, CancellationToken cancel)
    {
        CheckName(request.RigName);
        var refusals = new CandidateRefusals();
        foreach (var offer in request.Candidates)
        {
            cancel.ThrowIfCancellationRequested();
            if (refusals.IsClosed(offer.Provider)) continue;
            var provider = providers.Open(offer.Provider);
            Rental rental;
            try
            {
                rental = await CreateAsync(request, offer, provider, report, cancel).ConfigureAwait(false);
            }
            catch (ProviderException refused) when (!refused.MachineMayExist && refused.Failure != ProviderFailure.Protocol)
            {
                refusals.Add(offer, refused);
                continue;
            }

            return await FinishAsync(rental, request, provider, report, warn, cancel).ConfigureAwait(false); // once a machine is made, no failure leads to a second
        }

        throw refusals.ToException();
    }

    /// <summary>Fails if no rig can be rented under that name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="LlmOpsException"><c>RigNameInvalid</c>, <c>RigExists</c>.</exception>
    public void CheckName(string name)
    {
        RigName.Validate(name);
        if (rigs.Find(name) is not null || journal.Read().Any(rental => rental.IsOpen && rental.Terms.RigName.Equals(name, StringComparison.OrdinalIgnoreCase))) throw RigErrors.Exists(name);
    }

    /// <summary>Makes a machine ready that exists already: one whose process was lost, or one that was started again.</summary>
    /// <param name="rental">The rental.</param>
    /// <param name="report">Told how far it is.</param>
    /// <param name="warn">Told what the user should know although it is no failure.</param>
    /// <param name="cancel">Ends the wait; the machine stays.</param>
    public Task<GpuRig> ResumeAsync(Rental rental, Action<RentalProgress> report, Action<string> warn, CancellationToken cancel) =>
        MakeReadyAsync(rental, null, providers.Open(rental.Terms.Provider), report, warn, cancel);

    /// <summary>The same in the background, for a machine whose session ended before it was ready; nothing where this process is at it already.</summary>
    /// <param name="rental">The rental.</param>
    /// <param name="warn">Told what the user should know although it is no failure.</param>
    public void ResumeSoon(Rental rental, Action<string> warn)
    {
        if (!s_resuming.TryAdd(rental.Id, true)) return;
        _ = GoOn(async () =>
        {
            try
            {
                await ResumeAsync(rental, _ => { }, warn, CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                s_resuming.TryRemove(rental.Id, out _);
            }
        });
    }

    /// <summary>Ends a rental in the background, and waits for it for a moment: for who was told to stop.</summary>
    /// <param name="rental">The rental.</param>
    /// <param name="note">Why.</param>
    public Task EndSoonAsync(Rental rental, string note)
    {
        var ending = GoOn(() => EndAsync(rental, providers.Open(rental.Terms.Provider), note, _ => { }));
        return ending.WaitAsync(StopLimit, time, CancellationToken.None).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task<Rental> CreateAsync(RentalRequest request, GpuOffer offer, IGpuProvider provider, Action<RentalProgress> report, CancellationToken cancel)
    {
        var name = MachineName.New(MachineName.OwnerOf(home));
        var key = request.IdentityFile is { } own ? RentalKey.Of(own) : RentalKey.Make(home, name.Rental);
        var (terms, spec) = new RentalOrder(request, offer, provider, name, key, time).Write();
        var creating = new MachineCreation(provider, journal, home, time).RunAsync(name.Rental, terms, spec, report);
        try
        {
            return await creating.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The request is out and can't be taken back: what comes of it is ended as soon as it is known.
            _ = GoOn(async () => await EndAsync(await creating.ConfigureAwait(false), provider, "Renting it was stopped.", report).ConfigureAwait(false));
            throw;
        }
        catch (LlmOpsException)
        {
            key.Forget();
            throw;
        }
    }

    private async Task<GpuRig> FinishAsync(Rental rental, RentalRequest request, IGpuProvider provider, Action<RentalProgress> report, Action<string> warn, CancellationToken cancel)
    {
        if (request.NoWait)
        {
            _ = GoOn(async () => await FinishAsync(rental, request with { NoWait = false }, provider, _ => { }, _ => { }, CancellationToken.None).ConfigureAwait(false));
            return Keep(RigProfile.Of(rental, new RentedMachine { Provider = provider.Info.Name, Id = rental.MachineId!, Name = rental.Terms.MachineName, State = MachineState.Pending, Status = "" }, provider, home));
        }

        try
        {
            return await MakeReadyAsync(rental, request, provider, report, warn, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await EndSoonAsync(rental, "Renting it was stopped.").ConfigureAwait(false);
            throw;
        }
        catch (LlmOpsException failure) when (request.KeepOnFailure)
        {
            warn($"{failure.Message} The machine is kept and billed; end it with Remove-GpuRig '{request.RigName}'.");
            if (await provider.FindAsync(rental.MachineId!, cancel).ConfigureAwait(false) is not { } machine) throw;
            return Keep(RigProfile.Of(rental, machine, provider, home));
        }
        catch (LlmOpsException failure)
        {
            report(new RentalProgress(RentalStage.Ending, $"{failure.Message} Giving the machine back"));
            await EndAsync(rental, provider, failure.Message, report).ConfigureAwait(false);
            throw failure is ProviderException { Failure: not ProviderFailure.Protocol } ? RentalErrors.MachineFailed(request.RigName, failure.Message) : failure;
        }
    }

    private async Task<GpuRig> MakeReadyAsync(Rental rental, RentalRequest? request, IGpuProvider provider, Action<RentalProgress> report, Action<string> warn, CancellationToken cancel)
    {
        var guarded = !rental.Terms.Unguarded;
        if (guarded && request is null && rental.Terms.LacksGuardKey(provider.Info))
        {
            guarded = false;
            warn($"The guard of rig '{rental.Terms.RigName}' had a key of its own (-GuardApiKey), which is kept nowhere, so that none is armed now: end the machine yourself with Remove-GpuRig '{rental.Terms.RigName}'.");
        }

        var (rig, machine) = await new ReadinessWait(provider, access, home, time).RunAsync(rental, report, cancel).ConfigureAwait(false);
        rental = journal.Find(rental.Id) ?? rental; // its limits may be others by now
        report(new RentalProgress(RentalStage.Preparing, $"Preparing {rig.Name}, and arming what ends it"));
        var arming = new EndArming(provider, access, journal, time);
        var guardKey = request?.GuardKey ?? providers.KeyForMachine(provider.Info);
        (rig, rental) = await arming.RunAsync(rig, rental, machine, guarded, guardKey, warn, cancel).ConfigureAwait(false);
        journal.Append(rental.Id, RentalEvent.Ready, entry => entry with { Terms = rental.Terms });
        return Keep(rig with { Rental = RigRental.Of(rental) });
    }

    private GpuRig Keep(GpuRig rig)
    {
        rigs.Save(rig);
        return rig;
    }

    private async Task EndAsync(Rental rental, IGpuProvider provider, string note, Action<RentalProgress> report)
    {
        await new RigTermination(journal, home, time)
            .EndAsync(rental, provider, note, detail => report(new RentalProgress(RentalStage.Ending, detail)), CancellationToken.None).ConfigureAwait(false);
        rigs.Remove(rental);
    }

    private Task GoOn(Func<Task> work)
    {
        var task = SwallowAsync();
        lock (_unfinished)
        {
            _unfinished.RemoveAll(done => done.IsCompleted);
            _unfinished.Add(task);
        }

        return task;

        async Task SwallowAsync()
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (LlmOpsException)
            {
                // Nobody listens any more; the journal knows how far it came, and Find-GpuOrphan finds it.
            }
        }
    }
}
