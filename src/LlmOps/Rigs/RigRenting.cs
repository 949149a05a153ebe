using System.Globalization;
using System.Management.Automation;
using System.Security;
using LlmOps.Gpus;
using LlmOps.Infrastructure;
using LlmOps.Providers;
using LlmOps.Providers.Simulated;
using LlmOps.Renting;

namespace LlmOps.Rigs;

/// <summary>Finds what a user wishes to rent, tells its price and its ends before it is paid for, and rents it.</summary>
/// <param name="cmdlet">The cmdlet that rents; used on its pipeline thread.</param>
/// <param name="providers">The accounts.</param>
internal sealed class RigRenting(RigCmdlet cmdlet, ProviderSource providers)
{
    private const int MostCandidates = 12;
    private const string GuardKey = "-GuardApiKey";

    private static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(5); // a machine takes as long to become ready

    /// <summary>Rents; null where the user did not want to.</summary>
    /// <exception cref="LlmOpsException">Why nothing was rented.</exception>
    public async Task<GpuRig?> RentAsync(RigWish wish, CancellationToken cancel)
    {
        CheckLimits(wish.Request.Limits);
        if (wish.Request.RigName.Length > 0) Services.Provisioner(providers).CheckName(wish.Request.RigName);
        if (wish.Request.IdentityFile is { } own) _ = RentalKey.Of(own); // what is missing shows before anything is paid for
        IReadOnlyList<string> names = [.. providers.Choose(wish.Offers.Count > 0 ? [.. wish.Offers.Select(offer => offer.Provider).Distinct()] : wish.Providers).Select(provider => provider.Name)];
        if (wish.Request.GuardKey is not null && names.Count > 1) throw ProviderErrors.KeyNeedsOneProvider(names.Count, GuardKey);
        var volume = wish.Volume is { } wanted ? await FindVolumeAsync(wanted, names, wish, cancel) : null;
        var warn = new Progress<string>(cmdlet.WriteWarning);
        var offers = wish.Offers.Count > 0 ? Given(wish) : await new OfferChoice(providers, Services.Time).FindAsync(names, QueryOf(wish), wish.Volume is not null, volume, ((IProgress<string>)warn).Report, cancel);
        var first = offers[0];
        CheckBudget(wish.Request.Limits, first);
        var name = wish.Request.RigName.Length > 0 ? wish.Request.RigName : NameFor(first);
        await CheckKeyAsync(providers.Open(first.Provider), cancel);
        if (wish.Request.GuardKey is { } guardKey) await CheckGuardKeyAsync(first.Provider, guardKey, cancel);
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
        if (limits.MaxDuration < ShortestLife)
            throw RentalErrors.LimitInvalid($"A machine that may exist for {RentalLimits.Words(limits.MaxDuration)} would end before it is ready.", "Give -MaxDuration 5m or more, for example 8h.");
        if (limits.MaxDuration > TimeSpan.FromDays(90)) throw RentalErrors.LimitInvalid("-MaxDuration is more than 90 days.", "Give -MaxDuration 90d or less.");
    }

    private static void CheckBudget(RentalLimits limits, GpuOffer offer)
    {
        if (limits.BudgetTime(offer.PricePerHour) is not { } lasts || Math.Round(lasts.TotalSeconds) >= ShortestLife.TotalSeconds) return;
        var least = Math.Ceiling(offer.PricePerHour * (decimal)ShortestLife.TotalHours * 100) / 100;
        throw RentalErrors.LimitInvalid(
            string.Create(CultureInfo.InvariantCulture, $"-Budget ${limits.Budget:0.00} lasts {RentalLimits.Words(lasts)} at ${offer.PricePerHour:0.00##}/h: the machine would end before it is ready."),
            string.Create(CultureInfo.InvariantCulture, $"Give -Budget {least:0.00} or more."));
    }

    /// <summary>A key that can't rent, and an account that can't pay, are said to be so before anything is asked for.</summary>
    private async Task CheckKeyAsync(IGpuProvider provider, CancellationToken cancel)
    {
        var status = await provider.TestKeyAsync(cancel);
        if (status.IsReadOnly == true) throw ProviderErrors.Forbidden(provider.Info, "rent a machine", providers.KeySource(provider.Info.Name) ?? "this workstation", "the key may only read");
        if (status.CanRent == false) throw ProviderErrors.Billing(provider.Info, string.Join(' ', status.Remarks));
    }

    /// <summary>A guard with a key that can't end the machine would be none, and would show only when it is too late.</summary>
    private static async Task CheckGuardKeyAsync(string name, SecureString key, CancellationToken cancel)
    {
        if (name == SimulatedGpuProvider.ProviderName) return; // takes no key
        using var provider = new ProviderCatalog(ProviderEnvironment.FromProcess(), Services.Time).Open(name, key, GuardKey);
        AccountStatus status;
        try
        {
            status = await provider.TestKeyAsync(cancel);
        }
        catch (ProviderException refused) when (refused.Failure == ProviderFailure.Forbidden)
        {
            return; // a key with fewer rights may end machines without being allowed to list them
        }

        if (status.IsReadOnly == true) throw ProviderErrors.Forbidden(provider.Info, "end a machine", GuardKey, "the key may only read");
    }

    private static OfferQuery QueryOf(RigWish wish) => new()
    {
        Gpus = [.. wish.Gpus.SelectMany(GpuCatalog.NamesMeant)],
        GpuCount = wish.GpuCount,
        MaxPricePerHour = wish.MaxPricePerHour,
        Secure = wish.Secure,
        Regions = wish.Region is { } region ? [region] : [],
    };

    /// <summary>What ends, and at what price, in the words that are asked about.</summary>
    private static string Describe(IReadOnlyList<GpuOffer> candidates, RentalLimits limits, int? newVolumeGiB)
    {
        var (first, dearest) = (candidates[0], candidates.Max(offer => offer.PricePerHour));
        return string.Create(CultureInfo.InvariantCulture,
            $"{first}{(first.Provider == SimulatedGpuProvider.ProviderName ? " (simulated)" : "")}{(candidates.Count > 1 ? $", or the next of {candidates.Count} offers up to ${dearest:0.00##}/h if it is taken" : "")}; {limits}; at most ${limits.CeilingAt(dearest):0.00}{(newVolumeGiB is { } size ? $"; with a new volume of {size} GiB, billed until it is deleted" : "")}");
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

    /// <summary>The offers that were given, as far as they are where they shall be and can mount what they shall mount.</summary>
    private static IReadOnlyList<GpuOffer> Given(RigWish wish)
    {
        IReadOnlyList<GpuOffer> given = wish.Region is { } region ? [.. wish.Offers.Select(offer => InRegion(offer, region)).OfType<GpuOffer>()] : wish.Offers;
        if (given.Count == 0) throw RentalErrors.NoOffer($"one of those given, in {wish.Region}");
        if (wish.Volume is null) return given;
        IReadOnlyList<GpuOffer> mounting = [.. given.Where(offer => offer.TakesVolume)];
        return mounting.Count > 0 ? mounting : throw RentalErrors.NoOffer("one of those given that can mount a volume");
    }

    /// <summary>The offer with only the places that are meant; null if it is at none of them. One that tells no place is asked for at a place that is named outright.</summary>
    private static GpuOffer? InRegion(GpuOffer offer, string region)
    {
        if (offer.Regions.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(region)) return offer;
        IReadOnlyList<string> places = [.. offer.Regions.Where(new WildcardPattern(region, WildcardOptions.IgnoreCase).IsMatch)];
        return places.Count == 0 ? null : offer with { Regions = places };
    }

    private async Task<GpuVolume> MakeVolumeAsync(string name, RigWish wish, GpuOffer offer, CancellationToken cancel)
    {
        var place = wish.Region is { } region && !WildcardPattern.ContainsWildcardCharacters(region)
            ? region
            : offer.Regions.FirstOrDefault() ?? throw RentalErrors.VolumePlaceUnknown(name, offer);
        var volume = await new VolumeChoice(providers.Open(offer.Provider), Services.Time).CreateAsync(new VolumeSpec(name, place, wish.VolumeSizeGiB!.Value), cancel);
        cmdlet.WriteWarning($"The volume '{volume.Name}' is made in {volume.Region}, and is billed until it is deleted at {volume.Provider}, whatever becomes of the machine.");
        return volume;
    }
}
