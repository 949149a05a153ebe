namespace LlmOps.Providers.RunPod;

/// <summary>Makes offers of RunPod's catalogue, which gives the price of a single GPU and the stock for one number of GPUs.</summary>
internal static class RunPodOffers
{
    /// <summary>The numbers of GPUs that are asked for where none is given.</summary>
    public static IReadOnlyList<int> UsualCounts => [1, 2, 4, 8];

    /// <summary>The offers of a catalogue.</summary>
    /// <param name="types">The catalogue.</param>
    /// <param name="count">The number of GPUs that its stock is for.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<GpuOffer> Of(RunPodGpuTypes types, int count, DateTimeOffset now)
    {
        foreach (var type in types.Gpus ?? [])
        {
            if (type?.Id is null) continue;
            if (type.Secure != false && type.Price?.Secure is > 0 and var secure && count <= (type.MaxCount?.Secure ?? int.MaxValue)) yield return Offer(type, count, secure, true, now);
            if (type.Community == true && type.Price?.Community is > 0 and var community && count <= (type.MaxCount?.Community ?? int.MaxValue)) yield return Offer(type, count, community, false, now);
        }
    }

    private static GpuOffer Offer(RunPodGpuType type, int count, decimal price, bool secure, DateTimeOffset now)
    {
        var (name, memory) = GpuNaming.Of(type.Id!, type.Memory);
        return new GpuOffer
        {
            Provider = RunPodProvider.Usual.Name,
            Product = type.Id!,
            Gpu = name,
            GpuCount = count,
            MemoryPerGpu = memory,
            PricePerHour = price * count,
            // The places are those of the secure cloud; a private host's is not known before.
            Regions = secure ? [.. (type.DataCenters ?? []).Where(place => place?.Id is not null && Stock(place.Availability) != GpuStock.None).Select(place => place.Id!)] : [],
            Stock = Stock(type.Availability),
            IsSecure = secure,
            IsContainer = true,
            TakesVolume = secure,
            FetchedAt = now,
        };
    }

    private static GpuStock Stock(string? word) => Enum.TryParse<GpuStock>(word, ignoreCase: true, out var stock) && Enum.IsDefined(stock) ? stock : GpuStock.Unknown;
}
