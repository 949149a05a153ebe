using System.Security;
using LlmOps.Providers;
using LlmOps.Rigs;

namespace LlmOps.Renting;

/// <summary>Arms what ends a rented machine without this workstation: the provider's own expiry where it has one, read back, and the guard on the machine.</summary>
/// <param name="provider">The account.</param>
/// <param name="access">The way to the machine.</param>
/// <param name="journal">What is rented.</param>
/// <param name="time">The clock.</param>
internal sealed class EndArming(IGpuProvider provider, IRigAccess access, RigJournal journal, TimeProvider time)
{
    private const int Tries = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Arms both.</summary>
    /// <param name="rig">The rig.</param>
    /// <param name="rental">The rental.</param>
    /// <param name="machine">Its machine as it was last seen.</param>
    /// <param name="guarded">Whether the guard is wanted.</param>
    /// <param name="guardKey">The key for the guard; null takes the narrowest that there is.</param>
    /// <param name="warn">Told what could not be armed.</param>
    /// <param name="cancel">Ends the attempt.</param>
    /// <returns>The rig and the rental with what is armed.</returns>
    /// <exception cref="LlmOpsException"><c>RigGuardNotArmed</c> where nothing at all would end it.</exception>
    public async Task<(GpuRig Rig, Rental Rental)> RunAsync(
        GpuRig rig, Rental rental, RentedMachine machine, bool guarded, SecureString? guardKey, Action<string> warn, CancellationToken cancel)
    {
        var expiry = await ExpiryAsync(rental, machine, warn, cancel).ConfigureAwait(false);
        rental = rental with { Terms = rental.Terms with { ProviderExpiry = expiry, PricePerHour = machine.PricePerHour is > 0 and { } price ? price : rental.Terms.PricePerHour } };
        var order = guarded ? new GuardOrder(rental, provider.Info, guardKey, time) : null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                rig = await access.PrepareAsync(rig, order, cancel).ConfigureAwait(false);
                rental = rental with { Terms = rental.Terms with { Guarded = order is not null } };
                break;
            }
            catch (LlmOpsException failure) when (attempt < Tries)
            {
                warn($"{failure.Message} Trying again.");
                await Task.Delay(Pause, time, cancel).ConfigureAwait(false);
            }
            catch (LlmOpsException failure) when (failure.ErrorId == "RigGuardNotArmed" && expiry is not null)
            {
                warn($"{failure.Message} {provider.Info.Name} itself ends the machine at {expiry.Value.ToLocalTime():HH:mm}, but nothing ends it earlier when it is idle.");
                break;
            }
        }

        journal.Append(rental.Id, RentalEvent.Changed, entry => entry with { Terms = rental.Terms });
        return (rig, rental);
    }

    private async Task<DateTimeOffset?> ExpiryAsync(Rental rental, RentedMachine machine, Action<string> warn, CancellationToken cancel)
    {
        if (provider is not IServerExpiry || machine.ExpiresAt is not null) return machine.ExpiresAt;
        try
        {
            if (await ProviderExpiry.SetAsync(provider, rental, time, cancel).ConfigureAwait(false) is { } set) return set;
            warn($"{provider.Info.Name} was told when to end the machine of rig '{rental.Terms.RigName}', and does not confirm it; only the guard on the machine ends it.");
        }
        catch (ProviderException failure)
        {
            warn($"{provider.Info.Name} does not take the time at which to end the machine of rig '{rental.Terms.RigName}': {failure.Message}");
        }

        return null;
    }
}
