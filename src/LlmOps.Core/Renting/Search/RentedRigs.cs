using LlmOps.Protocol.Operations;
using LlmOps.Providers;
using LlmOps.Providers.Simulated;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>The rented rigs of this workstation and how they stand: by their providers, by the guards on them, and, where neither answers in time, by the journal.</summary>
/// <param name="providers">The accounts.</param>
/// <param name="reconciler">Asks a provider.</param>
/// <param name="journal">What is rented.</param>
/// <param name="askGuard">Asks the guard of a rig; null where it does not answer.</param>
/// <param name="home">Where keys are kept.</param>
/// <param name="time">The clock.</param>
public sealed class RentedRigs(
    IProviderSource providers, RigReconciler reconciler, RigJournal journal, Func<GpuRig, CancellationToken, Task<GuardStatus?>> askGuard, LlmOpsHome home, TimeProvider time)
{
    /// <summary>The rigs of open rentals that have no profile yet or no more: their machine was asked for, or is to end.</summary>
    /// <param name="known">The rigs that have a profile.</param>
    public IReadOnlyList<GpuRig> WithoutProfile(IReadOnlyList<GpuRig> known) =>
        [.. journal.Read().Where(rental => rental.IsOpen && known.All(rig => rig.Rental?.Id != rental.Id)).Select(WithoutAddress)];

    /// <summary>Asks about rigs. What does not answer in time is shown by the journal.</summary>
    /// <param name="rigs">The rigs.</param>
    /// <param name="limit">How long a provider or a guard may take.</param>
    /// <param name="warn">Told what could not be asked, and what was found to be over.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>Those that are not over, with their status; others as they are.</returns>
    public async Task<IReadOnlyList<GpuRig>> LookAsync(IReadOnlyList<GpuRig> rigs, TimeSpan limit, Action<string> warn, CancellationToken cancel)
    {
        var asked = rigs.Select(rig => rig.Rental?.Provider).OfType<string>().Distinct().ToList();
        var standings = (await Task.WhenAll(asked.Select(name => AskAsync(name, limit, warn, cancel))).ConfigureAwait(false))
            .SelectMany(found => found).ToDictionary(standing => standing.Rental.Id);
        foreach (var receipt in standings.Values.Select(standing => standing.Receipt).OfType<RigReceipt>()) warn($"Rig '{receipt.Name}' is over: {receipt.Note} {receipt}.");
        var looked = await Task.WhenAll(rigs.Select(rig => WithStatusAsync(rig, standings.GetValueOrDefault(rig.Rental?.Id ?? ""), limit, cancel))).ConfigureAwait(false);
        return [.. looked.OfType<GpuRig>()];
    }

    private async Task<IReadOnlyList<RentalStanding>> AskAsync(string name, TimeSpan limit, Action<string> warn, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        stop.CancelAfter(limit);
        try
        {
            return (await reconciler.RunAsync(providers.Open(name), stop.Token).ConfigureAwait(false)).Rentals;
        }
        catch (LlmOpsException failure)
        {
            warn($"{failure.Message} Shown is what the journal knows.");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            warn($"{name} did not answer within {limit.TotalSeconds:0} s. Shown is what the journal knows.");
        }

        return [];
    }

    private async Task<GpuRig?> WithStatusAsync(GpuRig rig, RentalStanding? standing, TimeSpan limit, CancellationToken cancel)
    {
        if (rig.Rental is not { } kept) return rig;
        if (standing?.Receipt is not null) return null;
        var rental = standing?.Rental ?? journal.Find(kept.Id);
        if (rental is null or { IsOpen: false }) return rig;
        if (standing?.Machine is { } machine && RigProfile.Of(rental, machine, providers.Open(kept.Provider), home).Ssh is { } address && rig.Ssh is { } old) rig = rig with { Ssh = old with { HostName = address.HostName, Port = address.Port } };
        var guard = standing?.Machine?.State == MachineState.Running && kept.Guarded ? await GuardAsync(rig, limit, cancel).ConfigureAwait(false) : null;
        return rig with { Rental = RigRental.Of(rental) with { Status = StatusOf(rental, standing?.Machine, guard) } };
    }

    private async Task<GuardStatus?> GuardAsync(GpuRig rig, TimeSpan limit, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        stop.CancelAfter(limit);
        try
        {
            return await askGuard(rig, stop.Token).ConfigureAwait(false);
        }
        catch (Exception silent) when (silent is LlmOpsException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    private RentalStatus StatusOf(Rental rental, RentedMachine? machine, GuardStatus? guard)
    {
        var now = time.GetUtcNow();
        var terms = rental.Terms;
        var running = guard?.State is { } state ? state.Running + Later(state.At, now, terms.ClockSpeed) : rental.RunningTime(now);
        TimeSpan? idle = guard?.State is { } seen ? seen.Idle : null;
        var armedBy = string.Join(", ", new[] { terms.Guarded && guard is not { IsRunning: false } ? "guard" : null, terms.ProviderExpiry is null ? null : terms.Provider }.OfType<string>());
        return new RentalStatus
        {
            State = rental.State,
            Said = machine?.Status,
            CheckedAt = now,
            RunningTime = running,
            Cost = machine?.Cost ?? terms.PricePerHour * (decimal)running.TotalHours,
            Ends = rental.State is RentalState.Created or RentalState.Ready
                ? new GuardLimits(terms.Limits, terms.PricePerHour).Ends(running, idle, armedBy.Length == 0 ? null : armedBy)
                : [],
        };
    }

    private static TimeSpan Later(DateTimeOffset at, DateTimeOffset now, double speed) => now > at ? (now - at) * speed : TimeSpan.Zero;

    private GpuRig WithoutAddress(Rental rental) => new()
    {
        Name = rental.Terms.RigName,
        Kind = rental.Terms.Provider == SimulatedGpuProvider.ProviderName ? RigKind.Simulated : RigKind.Ssh,
        CreatedAt = rental.IntendedAt,
        Gpu = rental.Terms.Gpu,
        GpuCount = rental.Terms.GpuCount,
        Rental = RigRental.Of(rental),
    };
}
