using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>The end that a provider itself sees to.</summary>
public static class ProviderExpiry
{
    /// <summary>When a machine has to end for its age or its budget, by this workstation's clock.</summary>
    /// <param name="terms">What is agreed.</param>
    /// <param name="now">The moment.</param>
    /// <param name="running">How long it has run.</param>
    public static DateTimeOffset At(RentalTerms terms, DateTimeOffset now, TimeSpan running) =>
        now + ((terms.Limits.LongestAt(terms.PricePerHour) - running) / terms.ClockSpeed);

    /// <summary>Sets it anew, and reads it back.</summary>
    /// <param name="provider">The account.</param>
    /// <param name="rental">The rental.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <returns>When the provider will end the machine; null if it will not.</returns>
    /// <exception cref="ProviderException">It can't be set.</exception>
    public static async Task<DateTimeOffset?> SetAsync(IGpuProvider provider, Rental rental, TimeProvider time, CancellationToken cancel)
    {
        if (provider is not IServerExpiry expiry) return null;
        var now = time.GetUtcNow();
        await expiry.SetExpiryAsync(
            rental.MachineId!, At(rental.Terms, now, rental.RunningTime(now)), expiry.SupportsSpend ? rental.Terms.Limits.Budget : null, cancel).ConfigureAwait(false);
        return (await provider.FindAsync(rental.MachineId!, cancel).ConfigureAwait(false))?.ExpiresAt;
    }
}
