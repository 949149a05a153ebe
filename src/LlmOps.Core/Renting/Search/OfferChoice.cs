using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>Finds what may be rented for a wish, the cheapest first.</summary>
/// <param name="providers">The accounts.</param>
/// <param name="time">The clock.</param>
public sealed class OfferChoice(IProviderSource providers, TimeProvider time)
{
    /// <summary>Asks providers at once.</summary>
    /// <param name="names">The providers.</param>
    /// <param name="query">What to look for.</param>
    /// <param name="mounting">True to leave out what can't mount a volume, also one that is still to be made.</param>
    /// <param name="volume">The volume that the machine is to mount, or null.</param>
    /// <param name="warn">Told which providers could not be asked.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="LlmOpsException">No provider could be asked, or none has what is wished for: <c>NoGpuOffer</c>.</exception>
    public async Task<IReadOnlyList<GpuOffer>> FindAsync(IReadOnlyList<string> names, OfferQuery query, bool mounting, GpuVolume? volume, Action<string> warn, CancellationToken cancel)
    {
        var failures = new List<LlmOpsException>();
        var offers = new List<GpuOffer>();
        await foreach (var answer in new OfferSearch(providers.Open, OfferSearch.UsualLimit, time).FindAsync(names, query, cancel).ConfigureAwait(false))
        {
            if (answer.Failure is { } failure) failures.Add(failure);
            offers.AddRange(answer.Offers);
        }

        if (failures.Count == names.Count && failures.Count > 0) throw failures[0];
        failures.ForEach(failure => warn($"{failure.Message} It is left out."));
        var found = offers.Select(query.Matches).OfType<GpuOffer>().Where(offer => volume is null ? !mounting || offer.TakesVolume : offer.CanMount(volume))
            .OrderBy(offer => offer.PricePerHour).ThenByDescending(offer => offer.Stock).ThenBy(offer => offer.Provider, StringComparer.Ordinal).ToList();
        return found.Count > 0 ? found : throw RentalErrors.NoOffer(Words(names, query, mounting, volume));
    }

    private static string Words(IReadOnlyList<string> names, OfferQuery query, bool mounting, GpuVolume? volume) => string.Concat(
        $"{(query.GpuCount is { } count ? $"{count}×" : "")}{(query.Gpus.Count == 0 ? "GPU" : string.Join(" or ", query.Gpus))} at {string.Join(", ", names)}",
        query.MaxPricePerHour is { } most ? FormattableString.Invariant($" for ${most:0.00##}/h or less") : "",
        query.Regions.Count > 0 ? $" in {string.Join(", ", query.Regions)}" : "",
        volume is null ? mounting ? " that can mount a volume" : "" : $" where the volume '{volume.Name}' is ({volume.Region})");
}
