using System.Text.Json.Serialization;
using LlmOps.Planning;

namespace LlmOps.Providers;

/// <summary>Something to rent: a machine with GPUs, its price, its places and how much of it is free. Sizes are in bytes, prices in US dollars.</summary>
public sealed record GpuOffer
{
    /// <summary>The provider's name, such as <c>RunPod</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's own name of the product, which a request for it needs, such as <c>NVIDIA A40</c> or <c>gpu_2x_a6000</c>.</summary>
    public required string Product { get; init; }

    /// <summary>The GPU by its usual name, such as <c>A40</c>; the provider's own where it is none that is known.</summary>
    public required string Gpu { get; init; }

    /// <summary>How many GPUs.</summary>
    public required int GpuCount { get; init; }

    /// <summary>The memory of one GPU, nominal, in bytes (a GPU of 48 GB has 48 GiB here); null where it is not told.</summary>
    public long? MemoryPerGpu { get; init; }

    /// <summary>The memory of all GPUs together, in bytes.</summary>
    [JsonIgnore]
    public long? Memory => MemoryPerGpu * GpuCount;

    /// <summary>Virtual CPUs, or null.</summary>
    public int? CpuCount { get; init; }

    /// <summary>The host's memory, in bytes, or null.</summary>
    public long? HostMemory { get; init; }

    /// <summary>The disk that is in the price, in bytes; null where it is chosen or not told.</summary>
    public long? Disk { get; init; }

    /// <summary>The places where it can be had now, by the provider's own names; empty where the provider chooses.</summary>
    public IReadOnlyList<string> Regions { get; init; } = [];

    /// <summary>How much is free.</summary>
    public GpuStock Stock { get; init; }

    /// <summary>How many machines of it are free, where the provider counts.</summary>
    public int? Available { get; init; }

    /// <summary>The price of the whole machine for an hour.</summary>
    public required decimal PricePerHour { get; init; }

    /// <summary>The price of an hour divided by the number of GPUs.</summary>
    [JsonIgnore]
    public decimal PricePerGpuHour => PricePerHour / Math.Max(1, GpuCount);

    /// <summary>True if the machine can be taken away at any time.</summary>
    public bool IsSpot { get; init; }

    /// <summary>True if it stands in a data centre, false if with a private host.</summary>
    public bool IsSecure { get; init; } = true;

    /// <summary>True if it is a container, false if a virtual machine or a whole server.</summary>
    public bool IsContainer { get; init; }

    /// <summary>True if a volume that outlives the machine can be attached.</summary>
    public bool TakesVolume { get; init; }

    /// <summary>The images to choose from, where the offer limits them; the first is the usual one.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>How long the provider says that it takes to start, or null.</summary>
    public TimeSpan? BootTime { get; init; }

    /// <summary>When the provider said so.</summary>
    public required DateTimeOffset FetchedAt { get; init; }

    /// <summary>How old the price is.</summary>
    [JsonIgnore]
    public TimeSpan Age => TimeProvider.System.GetUtcNow() - FetchedAt;

    /// <summary>How a model fits on it, where one was asked for; else null.</summary>
    [JsonIgnore]
    public LlmFit? Fit { get; init; }

    /// <summary>The longest context of one request of that model that fits, in tokens; null where none was asked for.</summary>
    [JsonIgnore]
    public int? FitsContext => Fit?.LongestContext;

    /// <summary>Tokens per second of each of the requests that were asked for: an estimate from above, <see cref="LlmFit.TokensPerSecond"/>. Null where no model was asked for or the bandwidth is not known.</summary>
    [JsonIgnore]
    public double? TokensPerSecond => Fit?.TokensPerSecond;

    /// <summary>
    /// The tokens that a US dollar buys while all requests that were asked for are answered at once: tokens per second, times requests, times 3,600, divided by the price of an hour. An estimate from above,
    /// as the tokens per second are: it says which of two offers gives more for the money, and not what a bill will be.
    /// </summary>
    [JsonIgnore]
    public double? EstimatedTokensPerDollar => PricePerHour > 0 ? Fit?.TokensPerSecond * Fit?.Concurrency * 3600 / (double)PricePerHour : null;

    /// <summary>Whether a machine of it can mount a volume.</summary>
    /// <param name="volume">The volume.</param>
    public bool CanMount(GpuVolume volume)
    {
        ArgumentNullException.ThrowIfNull(volume);
        return TakesVolume && (Regions.Count == 0 || Regions.Contains(volume.Region, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>What it is, in a line, such as <c>2×A40, $0.90/h at RunPod</c>.</summary>
    public override string ToString() => string.Create(ProviderText.Culture, $"{GpuCount}×{Gpu}, ${PricePerHour:0.00##}/h at {Provider}");
}
