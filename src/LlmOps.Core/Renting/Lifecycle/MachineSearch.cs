using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>Finds a machine by its name where the answer that would have named its id was lost, or proves that there is none.</summary>
/// <param name="provider">The account.</param>
/// <param name="time">The clock.</param>
public sealed class MachineSearch(IGpuProvider provider, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The machine of that name; null once the provider has twice listed all machines without it, the last time after the lag that its list may have.
    /// The lag is counted from this call on: nobody knows when a request whose answer was lost arrived.
    /// </summary>
    /// <param name="name">The machine's name.</param>
    /// <param name="cancel">Ends the search.</param>
    /// <exception cref="ProviderException">The list could not be had for ten minutes.</exception>
    public async Task<RentedMachine?> FindAsync(string name, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var heardAt = began;
        var misses = 0;
        while (true)
        {
            try
            {
                var machines = await provider.ListAsync(cancel).ConfigureAwait(false);
                heardAt = time.GetTimestamp();
                if (machines.FirstOrDefault(machine => machine.Name == name && machine.State != MachineState.Gone) is { } found) return found;
                if (++misses >= 2 && time.GetElapsedTime(began) >= provider.Info.ListingLag) return null;
            }
            catch (ProviderException failure) when (failure.MayPass() && time.GetElapsedTime(heardAt) < Patience)
            {
                // A list that can't be had says nothing.
            }

            await Task.Delay(provider.Info.PollInterval, time, cancel).ConfigureAwait(false);
        }
    }
}
