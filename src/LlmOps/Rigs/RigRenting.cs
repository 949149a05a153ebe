using System.Management.Automation;
using LlmOps.Gpus;
using LlmOps.Infrastructure;
using LlmOps.Providers;
using LlmOps.Renting;

namespace LlmOps.Rigs;

/// <summary>Finds what a user wishes to rent, tells its price and its ends before it is paid for, and rents it.</summary>
/// <param name="cmdlet">The cmdlet that rents; used on its pipeline thread.</param>
/// <param name="providers">The accounts.</param>
internal sealed class RigRenting(RigCmdlet cmdlet, ProviderSource providers)
{
    private const int MostCandidates = 12;

    /// <summary>Rents; null where the user did not want to.</summary>
    /// <exception cref="LlmOpsException">Why nothing was rented.</exception>
    public async Task<GpuRig?> RentAsync(RigWish wish, CancellationToken cancel)
    {
        CheckLimits(wish.Request.Limits);
        if (wish.Request.RigName.Length > 0) RigName.Validate(wish.Request.RigName);
        IReadOnlyList<string> names = wish.Offers.Count > 0 ? [.. wish.Offers.Select(offer => offer.Provider).Distinct()] : [.. providers.Choose(wish.Providers).Select(provider => provider.Name)];
        var volume = wish.Volume is { } wanted ? await FindVolumeAsync(wanted, names, wish, cancel) : null;
        var warn = new Progress<string>(cmdlet.WriteWarning);
        var offers = wish.Offers.Count > 0 ? Mounting(wish) : await new OfferChoice(providers, Services.Time).FindAsync(names, QueryOf(wish), wish.Volume is not null, volume, ((IProgress<string>)warn).Report, cancel);
        var first = offers[0];
        var name = wish.Request.RigName.Length > 0 ? wish.Request.RigName : NameFor(first);
        await CheckKeyAsync(providers.Open(first.Provider), cancel);
        foreach (var caveat in Caveats(wish.Request, names)) cmdlet.WriteWarning(caveat);
        var text = Describe([.. offers.Take(MostCandidates)], wish.Request.Limits, wish.Volume is not null && volume is null ? wish.VolumeSizeGiB : null);
        if (!cmdlet.ShouldProcess($"Rent rig '{name}': {text}", $"Rent rig '{name}': {text}?", "Renting costs money")) return null;
        if (wish.Volume is { } missing && volume is null) volume = await MakeVolumeAsync(missing, wish, first, cancel);
        if (volume is not null) offers = [.. offers.Where(offer => offer.Provider == volume.Provider && offer.CanMount(volume))];
        var request = wish.Request with { RigName = name, Candidates = [.. offers.Take(MostCandidates)], Volume = volume, Region = wish.Region };
        using var progress = new ProgressLine(cmdlet, $"Renting rig {name}");
        progress.Report(text);
        var report = new Progress<RentalProgress>(state => progress.Report(state.Detail, 100.0 * (int)state.Stage / (int)RentalStage.Ready));
        return await Services.Provisioner(providers).RentAsync(request, ((IProgress<RentalProgress>)report).Report, ((IProgress<string>)warn).Report, cancel);
    }

    private static void CheckLimits(RentalLimits limits)
    {
        if (limits.MaxDuration < TimeSpan.FromMinutes(5))
            throw RentalErrors.LimitInvalid($"A machine that may exist for {RentalLimits.Words(limits.MaxDuration)} would end before it is ready.", "Give -MaxDuration 5m or more, for example 8h.");
        if (limits.MaxDuration > TimeSpan.FromDays(90)) throw RentalErrors.LimitInvalid("-MaxDuration is more than 90 days.", "Give -MaxDuration 90d or less.");
    }

    /// <summary>A key that can't rent, and an account that can't pay, are said to be so before anything is asked for.</summary>
    private async Task CheckKeyAsync(IGpuProvider provider, CancellationToken cancel)
    {
        var status = await provider.TestKeyAsync(cancel);
        if (status.IsReadOnly == true) throw ProviderErrors.Forbidden(provider.Info, "rent a machine", providers.KeySource(provider.Info.Name) ?? "this workstation", "the key may only read");
        if (status.CanRent == false) throw ProviderErrors.Billing(provider.Info, string.Join(' ', status.Remarks));
    }

    private static OfferQuery QueryOf(RigWish wish) => new()
    {
        Gpus = [.. wish.Gpus.SelectMany(GpuCatalog.NamesMeant)], GpuCount = wish.GpuCount, MaxPricePerHour = wish.MaxPricePerHour, Secure = wish.Secure, Regions = wish.Region is { } region ? [region] : [],
    };

    /// <summary>What ends, and at what price, in the words that are asked about.</summary>
    private static string Describe(IReadOnlyList<GpuOffer> candidates, RentalLimits limits, int? newVolumeGiB)
    {
        var (first, dearest) = (candidates[0], candidates.Max(offer => offer.PricePerHour));
        return string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{first}{(first.Provider == "Simulated" ? " (simulated)" : "")}{(candidates.Count > 1 ? $", or the next of {candidates.Count} offers up to ${dearest:0.00##}/h if it is taken" : "")}; {limits}; at most ${limits.CeilingAt(dearest):0.00}{(newVolumeGiB is { } size ? $"; with a new volume of {size} GiB, billed until it is deleted" : "")}");
    }

    private string NameFor(GpuOffer offer)
    {
        var taken = Services.Journal.Read().Where(rental => rental.IsOpen).Select(rental => rental.Terms.RigName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var words = offer.Gpu.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word is not ("NVIDIA" or "AMD" or "GeForce")).ToArray();
        return RigName.From($"{string.Concat(words).ToLowerInvariant()}x{offer.GpuCount}", candidate => taken.Contains(candidate) || Services.Rigs.Find(candidate) is not null);
    }

    /// <summary>What the user has to know before paying: an end that nothing will see to, and where a key goes.</summary>
    private IEnumerable<string> Caveats(RentalRequest request, IReadOnlyList<string> names)
    {
        foreach (var info in names.Select(name => providers.Open(name).Info))
        {
            var expires = info.Can(ProviderCapabilities.ServerExpiry);
            if (!request.Guard)
                yield return expires
                    ? $"Without a guard, {info.Name} ends the machine by its age, and nothing ends it when it is idle."
                    : $"Without a guard, nothing ends the machine at {info.Name} by itself: it is billed until you remove it.";
            else if (request.NoWait)
                yield return $"With -NoWait, {(expires ? $"only {info.Name} itself" : "nothing")} ends the machine until it is ready and its guard is armed; keep this session open, or run Get-GpuRig later.";
            if (request.Guard && request.GuardKey is null && !info.Can(ProviderCapabilities.MachineKey))
                yield return $"A machine of {info.Name} has no key of its own, so the guard on it gets your API key, in a file that only its user can read. Give one with fewer rights with -GuardApiKey, or none with -NoGuard.";
        }
    }

    private async Task<GpuVolume?> FindVolumeAsync(string name, IReadOnlyList<string> names, RigWish wish, CancellationToken cancel)
    {
        if (names is not [var provider]) throw RentalErrors.LimitInvalid($"The volume '{name}' is at one provider, and {names.Count} are given.", "Give the one -Provider that has it.");
        if (await new VolumeChoice(providers.Open(provider), Services.Time).FindAsync(name, cancel) is not { } volume)
            return wish.VolumeSizeGiB is null ? throw RentalErrors.VolumeNotFound(name, provider) : null;
        if (wish.Region is { } region && !new WildcardPattern(region, WildcardOptions.IgnoreCase).IsMatch(volume.Region))
            throw RentalErrors.VolumeElsewhere(volume.Name, volume.Region, $"-Region is {region}");
        return wish.Offers.Count == 0 || wish.Offers.Any(offer => offer.CanMount(volume))
            ? volume
            : throw RentalErrors.VolumeElsewhere(volume.Name, volume.Region, $"none of the offers can mount it there ({string.Join(", ", wish.Offers.SelectMany(offer => offer.Regions).Distinct())})");
    }

    private static IReadOnlyList<GpuOffer> Mounting(RigWish wish)
    {
        if (wish.Volume is null) return wish.Offers;
        IReadOnlyList<GpuOffer> mounting = [.. wish.Offers.Where(offer => offer.TakesVolume)];
        return mounting.Count > 0 ? mounting : throw RentalErrors.NoOffer("one of those given that can mount a volume");
    }

    private async Task<GpuVolume> MakeVolumeAsync(string name, RigWish wish, GpuOffer offer, CancellationToken cancel)
    {
        var place = wish.Region is { } region && !WildcardPattern.ContainsWildcardCharacters(region)
            ? region
            : offer.Regions.FirstOrDefault() ?? throw RentalErrors.VolumePlaceUnknown(name, offer);
        return await new VolumeChoice(providers.Open(offer.Provider), Services.Time).CreateAsync(new VolumeSpec(name, place, wish.VolumeSizeGiB!.Value), cancel);
    }
}
