using System.Management.Automation;
using System.Security;
using LlmOps.Infrastructure;
using LlmOps.Providers;
using LlmOps.Renting;

namespace LlmOps.Rigs;

/// <summary>A cmdlet that rents a rig, from an offer or by wish.</summary>
public abstract class RentalCmdlet : RigCmdlet
{
    private protected const string OfferSet = "Offer";
    private protected const string WishSet = "Wish";

    private readonly List<GpuOffer> _offers = [];

    /// <summary>What to rent, as Find-GpuOffer brings it. Of several, the first that can be had is rented, and only that.</summary>
    [Parameter(ParameterSetName = OfferSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public GpuOffer[] Offer { get; set; } = [];

    /// <summary>The providers to rent from: names or wildcards; Simulated rents a machine that does not exist, for money that does not exist.</summary>
    [Parameter(ParameterSetName = WishSet, Mandatory = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GpuProviderCompleter))]
    public string[] Provider { get; set; } = [];

    /// <summary>The GPU models to rent, such as A40 or 'NVIDIA H100 80GB HBM3'; wildcards are allowed, and the cheapest comes first.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SimulatedGpuCompleter))]
    public virtual string[] Gpu { get; set; } = [];

    /// <summary>How many GPUs.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [ValidateRange(1, 16)]
    public virtual int GpuCount { get; set; } = 1;

    /// <summary>The most that the machine may cost in an hour, in US dollars.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [ValidateRange(0.01, 10000.0)]
    public decimal MaxPricePerHour { get; set; }

    /// <summary>Leaves out machines of private hosts.</summary>
    [Parameter(ParameterSetName = WishSet)]
    public SwitchParameter Secure { get; set; }

    /// <summary>The place, by the provider's own name; wildcards are allowed.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    /// <summary>A volume to mount at /workspace, by its name or id; the machine then stands where the volume is. Models on it outlive the machine.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    [ValidateNotNullOrEmpty]
    public string? Volume { get; set; }

    /// <summary>Makes the volume with this size in GiB where there is none of that name. It is billed until it is deleted at the provider.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    [ValidateRange(1, 100000)]
    public int VolumeSizeGB { get; set; }

    /// <summary>The image of the container or of the operating system; without it, one that is known to work.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    [ValidateNotNullOrEmpty]
    public string? Image { get; set; }

    /// <summary>The machine's own disk in GiB, where it can be chosen.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    [ValidateRange(1, 100000)]
    public int DiskGB { get; set; }

    /// <summary>How long the machine may exist, such as 8h; it ends itself then.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    [Duration]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromHours(8);

    /// <summary>How long the machine may go unused, such as 30m; it ends itself then. 0 is for ever.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    [Duration]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>The most that the machine may cost, in US dollars; it ends itself then. Volumes are not counted.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    [ValidateRange(0.01, 1000000.0)]
    public decimal Budget { get; set; }

    /// <summary>The provider's API key; without it, the one in the provider's usual variable or in the file of its own program.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    [SecureStringTransformation]
    public SecureString? ApiKey { get; set; }

    /// <summary>A key with fewer rights, with which the guard on the machine ends it; it is tried before anything is rented. Without it, the machine's own key is used where it has one, else -ApiKey's.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    [SecureStringTransformation]
    public SecureString? GuardApiKey { get; set; }

    /// <summary>Puts no guard on the machine, and no key.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    public SwitchParameter NoGuard { get; set; }

    /// <summary>How many times faster than a real machine the clock of a simulated one runs; its meter, too.</summary>
    [Parameter(ParameterSetName = WishSet)]
    [Parameter(ParameterSetName = OfferSet)]
    [ValidateRange(0.1, 1000.0)]
    public virtual double Speed { get; set; } = 1;

    /// <summary>The name that the other cmdlets take; without it, one is made.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The user's own key for the machine; null makes one.</summary>
    private protected virtual string? OwnKey => null;

    /// <summary>Returns while the machine still starts.</summary>
    private protected virtual bool Hurries => false;

    /// <summary>Leaves a machine that does not become ready.</summary>
    private protected virtual bool Keeps => false;

    /// <summary>True if the rig is for the length of a script block.</summary>
    private protected virtual bool IsForBlock => false;

    private protected bool IsRental => ParameterSetName is OfferSet or WishSet;

    /// <summary>Keeps the offers that come through the pipeline.</summary>
    private protected void CollectOffers() => _offers.AddRange(Offer);

    /// <summary>Rents; null where the user did not want to.</summary>
    private protected async Task<GpuRig?> RentAsync(ProviderSource providers, CancellationToken cancel)
    {
        var wish = new RigWish
        {
            Offers = _offers,
            Providers = Provider,
            Gpus = Gpu,
            GpuCount = GpuCount,
            MaxPricePerHour = MaxPricePerHour > 0 ? MaxPricePerHour : null,
            Secure = Secure,
            Region = Region,
            Volume = Volume,
            VolumeSizeGiB = VolumeSizeGB > 0 ? VolumeSizeGB : null,
            Request = new RentalRequest
            {
                RigName = Name ?? "",
                Candidates = [],
                Image = Image,
                DiskGiB = DiskGB > 0 ? DiskGB : null,
                IdentityFile = OwnKey,
                Guard = !NoGuard,
                GuardKey = GuardApiKey,
                NoWait = Hurries,
                KeepOnFailure = Keeps,
                ForBlock = IsForBlock,
                Limits = new RentalLimits(MaxDuration, IdleTimeout > TimeSpan.Zero ? IdleTimeout : null, Budget > 0 ? Budget : null),
            },
        };
        return await new RigRenting(this, providers).RentAsync(wish, cancel);
    }
}
