using System.Management.Automation;
using LlmOps.Engines;
using LlmOps.Gpus;
using LlmOps.Hub;
using LlmOps.Infrastructure;
using LlmOps.Planning;
using LlmOps.Providers;
using LlmOps.Providers.Simulated;

namespace LlmOps.Renting;

/// <summary>Finds machines with GPUs that are for rent now, at all providers at once, the cheapest first.</summary>
/// <remarks>
/// <para>Every provider that this machine has a key for is asked at the same time. One that fails or is too slow (-Timeout) is a warning, and the others' offers come all the same. What is found is kept, so
/// that -Cached shows it without a network later; the column Age says how old a price is.</para>
/// <para>A stock is what the provider says: an order, not a promise. A price is for the whole machine and an hour, in US dollars. Machines that can be taken away at any time come only with -Spot.</para>
/// <para>With -Model only machines come on which the model fits with -Context for -Concurrency requests at once, as Measure-LlmFit plans it from metadata alone. Each offer then also has FitsContext, the longest
/// context of one request; TokensPerSecond of each request; EstimatedTokensPerDollar, which counts all requests; and Fit, the whole plan. The two speeds are bound by the memory's bandwidth alone: estimates from above, good
/// for comparing offers. Offers with GPUs that LlmOps does not know are left out with a warning.</para>
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
/// <example>
/// <para>Find where a model with 32,000 tokens for each of eight requests gives the most for a dollar.</para>
/// <code>Find-GpuOffer -Model Qwen/Qwen2.5-72B-Instruct-AWQ -Context 32k -Concurrency 8 | Sort-Object EstimatedTokensPerDollar -Descending</code>
/// </example>
[Cmdlet(VerbsCommon.Find, "GpuOffer", DefaultParameterSetName = AnySet)]
[OutputType(typeof(GpuOffer))]
public sealed class FindGpuOfferCommand : ProviderCmdlet
{
    private const string AnySet = "Any";
    private const string ModelSet = "Model";
    private const string ModelView = "GpuOffer#Model";
    private const int MostNamed = 5;

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

    /// <summary>A model, of which only machines are shown that it fits on: a Hub id, a folder, a GGUF file, or what Get-HfModel returned.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ModelSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelArgument? Model { get; set; }

    /// <summary>The context of each request in tokens: a number, 32k (32,000) or 32K (32,768); the model's longest if it is left out.</summary>
    [Parameter(ParameterSetName = ModelSet)]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    /// <summary>How many requests at once have such a context.</summary>
    [Parameter(ParameterSetName = ModelSet)]
    [ValidateRange(1, 100000)]
    public int Concurrency { get; set; } = 1;

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
            Gpus = [.. Gpu.SelectMany(GpuCatalog.NamesMeant)],
            GpuCount = GpuCount,
            MinMemory = MinMemory,
            MaxPricePerHour = MaxPricePerHour,
            Regions = Region,
            Secure = Secure,
            Spot = Spot,
            IncludeUnavailable = IncludeUnavailable,
        };
        var fit = await FitAsync(cancel);
        var offers = (Cached ? Kept() : await AskAsync(cancel)).Select(query.Matches).OfType<GpuOffer>();
        if (fit is not null) offers = [.. offers.Select(fit.Of).OfType<GpuOffer>()];
        if (fit is { UnknownGpus: { Count: > 0 } unknown })
        {
            var others = unknown.Count > MostNamed ? $" and {unknown.Count - MostNamed} more" : "";
            WriteWarning($"Whether {Model} fits can't be told for GPUs that LlmOps does not know: {string.Join(", ", unknown.Take(MostNamed))}{others}. Their offers are left out.");
        }

        var sorted = offers.OrderBy(offer => offer.PricePerHour).ThenByDescending(offer => offer.Stock).ThenBy(offer => offer.Provider, StringComparer.Ordinal);
        foreach (var offer in sorted)
        {
            cancel.ThrowIfCancellationRequested();
            var item = PSObject.AsPSObject(offer);
            if (fit is not null) item.TypeNames.Insert(0, ModelView);
            WriteObject(item);
        }
    }

    private async Task<OfferFit?> FitAsync(CancellationToken cancel)
    {
        if (Model is null) return null;
        var request = new FitRequest { Context = Context is null ? null : ContextLength.Parse(Context), Concurrency = Concurrency };
        using var progress = new ProgressLine(this, "Finding offers");
        progress.Report($"Reading the metadata of {Model}");
        var metadata = await Task.Run(() => new MetadataReader(HubEnvironment.FromProcess(), Services.Time).ReadAsync(Model.MetadataName, "main", null, null, cancel), CancellationToken.None);
        if (Model.Id is { } id) metadata = metadata with { Name = id };
        return new OfferFit(metadata, request, new FitPlanner(new FitHistory(Services.Home.Fits).Of(metadata.Name)));
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
