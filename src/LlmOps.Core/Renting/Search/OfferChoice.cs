using LlmOps.Gpus;
using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>Finds what may be rented for a wish, the cheapest first.</summary>
/// <param name="providers">The accounts.</param>
public sealed class OfferChoice(IProviderSource providers)
{
    /// <summary>Asks providers at once.</summary>
    /// <param name="names">The providers.</param>
    /// <param name="query">What to look for, the GPUs aside.</param>
    /// <param name="gpus">The GPUs, each by any usual writing of its name or by a wildcard; empty is any.</param>
    /// <param name="volume">The volume that the machine is to mount, or null.</param>
    /// <param name="warn">Told which providers could not be asked.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="LlmOpsException">No provider could be asked, or none has what is wished for: <c>NoGpuOffer</c>.</exception>
    public async Task<IReadOnlyList<GpuOffer>> FindAsync(
        IReadOnlyList<string> names, OfferQuery query, IReadOnlyList<string> gpus, GpuVolume? volume, Action<string> warn, CancellationToken cancel)
    {
        var failures = new List<LlmOpsException>();
        var answers = await Task.WhenAll(names.Select(AskAsync)).ConfigureAwait(false);
        if (failures.Count == names.Count && failures.Count > 0) throw failures[0];
        failures.ForEach(failure => warn($"{failure.Message} It is left out."));
        var found = answers.SelectMany(offers => offers)
            .Select(query.Matches).OfType<GpuOffer>()
            .Where(offer => gpus.Count == 0 || gpus.Any(wish => IsMeant(offer.Gpu, wish)))
            .Where(offer => volume is null || (offer.TakesVolume && (offer.Regions.Count == 0 || offer.Regions.Contains(volume.Region, StringComparer.OrdinalIgnoreCase))))
            .OrderBy(offer => offer.PricePerHour).ThenByDescending(offer => offer.Stock).ToList();
        return found.Count > 0 ? found : throw RentalErrors.NoOffer(Words(names, query, gpus, volume));

        async Task<IReadOnlyList<GpuOffer>> AskAsync(string name)
        {
            try
            {
                return await providers.Open(name).FindOffersAsync(query, cancel).ConfigureAwait(false);
            }
            catch (LlmOpsException failure)
            {
                lock (failures) failures.Add(failure);
                return [];
            }
        }
    }

    /// <summary>True if a wish means a GPU: <c>A40</c>, <c>nvidia-a40</c> and <c>NVIDIA A40</c> are one, and a name without its memory stands for all sizes.</summary>
    /// <param name="gpu">The GPU's usual name.</param>
    /// <param name="wish">What was asked for.</param>
    internal static bool IsMeant(string gpu, string wish) =>
        System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(Bare(wish), Bare(gpu))
        || GpuCatalog.Match(wish).Concat(GpuCatalog.Match(wish + " *GB")).Any(spec => spec.Name.Equals(gpu, StringComparison.OrdinalIgnoreCase));

    private static string Bare(string name)
    {
        var bare = string.Concat(name.Where(letter => char.IsLetterOrDigit(letter) || letter is '*' or '?')).ToUpperInvariant();
        foreach (var maker in new[] { "NVIDIA", "AMD", "GEFORCE" })
            if (bare.StartsWith(maker, StringComparison.Ordinal)) bare = bare[maker.Length..];
        return bare;
    }

    private static string Words(IReadOnlyList<string> names, OfferQuery query, IReadOnlyList<string> gpus, GpuVolume? volume) => string.Concat(
        $"{(query.GpuCount is { } count ? $"{count}×" : "")}{(gpus.Count == 0 ? "GPU" : string.Join(" or ", gpus))} at {string.Join(", ", names)}",
        query.MaxPricePerHour is { } most ? FormattableString.Invariant($" for ${most:0.00##}/h or less") : "",
        query.Regions.Count > 0 ? $" in {string.Join(", ", query.Regions)}" : "",
        volume is null ? "" : $" where the volume '{volume.Name}' is ({volume.Region})");
}
