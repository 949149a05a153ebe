namespace LlmOps.Providers;

/// <summary>What to look for among what is for rent. What is left null or empty does not matter.</summary>
public sealed record OfferQuery
{
    /// <summary>The GPUs, each by its usual name as <see cref="GpuOffer.Gpu"/> has it.</summary>
    public IReadOnlyList<string> Gpus { get; init; } = [];

    /// <summary>How many GPUs, just so.</summary>
    public int? GpuCount { get; init; }

    /// <summary>The memory of all GPUs together, at least, in bytes.</summary>
    public long? MinMemory { get; init; }

    /// <summary>The price of an hour, at most, in US dollars.</summary>
    public decimal? MaxPricePerHour { get; init; }

    /// <summary>The places, by the provider's own names, in any case, with the wildcard <c>*</c>.</summary>
    public IReadOnlyList<string> Regions { get; init; } = [];

    /// <summary>True leaves out machines of private hosts.</summary>
    public bool Secure { get; init; }

    /// <summary>True looks for machines that can be taken away at any time, and for nothing else; they are left out otherwise.</summary>
    public bool Spot { get; init; }

    /// <summary>True also brings what is not free now.</summary>
    public bool IncludeUnavailable { get; init; }

    /// <summary>The offer with only the places that were asked for; null if it is none of those that were asked for.</summary>
    /// <param name="offer">The offer.</param>
    public GpuOffer? Matches(GpuOffer offer)
    {
        if (Gpus.Count > 0 && !Gpus.Contains(offer.Gpu, StringComparer.OrdinalIgnoreCase)) return null;
        if (GpuCount is { } count && offer.GpuCount != count) return null;
        if (MinMemory is { } least && !(offer.Memory >= least)) return null;
        if (MaxPricePerHour is { } most && offer.PricePerHour > most) return null;
        if ((Secure && !offer.IsSecure) || Spot != offer.IsSpot) return null;
        if (!IncludeUnavailable && offer.Stock == GpuStock.None) return null;
        if (Regions.Count == 0) return offer;
        var places = offer.Regions.Where(place => Regions.Any(wanted => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(wanted, place))).ToList();
        return places.Count == 0 ? null : offer with { Regions = places };
    }
}
