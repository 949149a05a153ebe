using System.Management.Automation;
using LlmOps.Gpus;
using LlmOps.Infrastructure;
using LlmOps.Providers;
using LlmOps.Providers.Simulated;

namespace LlmOps.Renting;

/// <summary>Finds machines with GPUs that are for rent now, at all providers at once, the cheapest first.</summary>
/// <remarks>
/// <para>Every provider that this machine has a key for is asked at the same time. One that fails or is too slow (-Timeout) is a warning, and the others' offers come all the same. What is found is kept, so
/// that -Cached shows it without a network later; the column Age says how old a price is.</para>
/// <para>A stock is what the provider says: an order, not a promise. A price is for the whole machine and an hour, in US dollars. Machines that can be taken away at any time come only with -Spot.</para>
/// <para>An offer goes on into New-GpuRig.</para>
/// </remarks>
/// <example>
/// <para>Find two A40, wherever they are cheapest.</para>
/// <code>Find-GpuOffer -Gpu A40 -GpuCount 2</code>
/// </example>
/// <example>
/// <para>Find machines with 96 GB of GPU memory for two dollars an hour at most, in data centres in Europe.</para>
/// <code>Find-GpuOffer -MinMemory 96GB -MaxPricePerHour 2 -Secure -Region EU-*</code>
/// </example>
/// <example>
/// <para>Look at yesterday's prices on a train.</para>
/// <code>Find-GpuOffer -Gpu H100 -Cached | Select-Object Provider, PricePerGpuHour, Age</code>
/// </example>
[Cmdlet(VerbsCommon.Find, "GpuOffer")]
[OutputType(typeof(GpuOffer))]
public sealed class FindGpuOfferCommand : ProviderCmdlet
{
    /// <summary>The GPU, by any usual writing of its name: A40, 'NVIDIA A40', rtx-4090, with wildcards. A name without its memory stands for all sizes.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GpuCompleter))]
    public string[] Gpu { get; set; } = [];

    /// <summary>How many GPUs the machine has, just so.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int? GpuCount { get; set; }

    /// <summary>The memory of all its GPUs together, at least, in bytes: 96GB.</summary>
    [Parameter]
    [ValidateRange(1L, long.MaxValue)]
    public long? MinMemory { get; set; }

    /// <summary>The price of the machine for an hour, at most, in US dollars.</summary>
    [Parameter]
    [ValidateRange(0.001, 100_000.0)]
    public decimal? MaxPricePerHour { get; set; }

    /// <summary>The place, by the provider's own name, with wildcards: EU-RO-1, us-*.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GpuRegionCompleter))]
    public string[] Region { get; set; } = [];

    /// <summary>Leaves out machines of private hosts.</summary>
    [Parameter]
    public SwitchParameter Secure { get; set; }

    /// <summary>Finds machines that can be taken away at any time, and no others.</summary>
    [Parameter]
    public SwitchParameter Spot { get; set; }

    /// <summary>The providers; without it, all that this machine has a key for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GpuProviderCompleter))]
    public string[] Provider { get; set; } = [];

    /// <summary>Also shows what is not free now.</summary>
    [Parameter]
    public SwitchParameter IncludeUnavailable { get; set; }

    /// <summary>Asks nobody, and shows the offers as they were last seen.</summary>
    [Parameter]
    public SwitchParameter Cached { get; set; }

    /// <summary>How long a provider is waited for: seconds or a time span.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = OfferSearch.UsualLimit;

    private static OfferCache Cache => new(Services.Home);

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromHours(1)) throw ProviderErrors.TimeoutInvalid(Timeout);
        var query = new OfferQuery
        {
            Gpus = [.. Gpu.SelectMany(GpuCatalog.NamesMeant)], GpuCount = GpuCount, MinMemory = MinMemory, MaxPricePerHour = MaxPricePerHour, Regions = Region, Secure = Secure, Spot = Spot, IncludeUnavailable = IncludeUnavailable,
        };
        var offers = Cached ? Kept() : await AskAsync(cancel);
        var sorted = offers.Select(query.Matches).OfType<GpuOffer>().OrderBy(offer => offer.PricePerHour).ThenByDescending(offer => offer.Stock).ThenBy(offer => offer.Provider, StringComparer.Ordinal);
        foreach (var offer in sorted)
        {
            cancel.ThrowIfCancellationRequested();
            WriteObject(offer);
        }
    }

    private List<GpuOffer> Kept()
    {
        var named = Provider.Select(name => Accounts.Get(name).Name).ToHashSet();
        var kept = Cache.Read().Where(offer => named.Count == 0 ? offer.Provider != SimulatedGpuProvider.ProviderName : named.Contains(offer.Provider)).ToList();
        return kept.Count > 0 ? kept : throw ProviderErrors.NothingCached(named.Count == 0 ? null : string.Join(", ", named));
    }

    private async Task<List<GpuOffer>> AskAsync(CancellationToken cancel)
    {
        var providers = Accounts.Choose(Provider).Select(provider => provider.Name).ToList();
        var search = new OfferSearch(Accounts.Open, Timeout, Services.Time);
        var found = new List<GpuOffer>();
        var answered = new List<string>();
        using var progress = new ProgressLine(this, "Finding offers");
        progress.Report($"Asking {string.Join(", ", providers)}");
        // All is asked for, so that all is kept; the filters are ours.
        await foreach (var answer in search.FindAsync(providers, new OfferQuery { GpuCount = GpuCount, IncludeUnavailable = true, Spot = Spot }, cancel))
        {
            found.AddRange(answer.Offers);
            if (answer.Failure is { } failure)
            {
                if (providers.Count == 1) throw failure;
                WriteWarning($"{failure.Message} Its offers are missing. {failure.RecommendedAction}");
                continue;
            }

            answered.Add(answer.Provider);
            progress.Report($"Waiting for {string.Join(", ", providers.Except(answered))}");
        }

        if (!Spot) Cache.Write(answered, GpuCount, found);
        return found;
    }
}
