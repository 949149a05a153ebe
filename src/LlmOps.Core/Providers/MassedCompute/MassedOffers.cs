using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmOps.Providers.MassedCompute;

/// <summary>Makes offers of Massed Compute's inventory, whose products are named and described in words and priced in cents for the whole machine.</summary>
internal static partial class MassedOffers
{
    private const long GiB = 1L << 30;
    private const long GB = 1_000_000_000;

    /// <summary>The offers of an inventory. What has no GPU or costs nothing, which is not for customers, is left out.</summary>
    /// <param name="inventory">The inventory.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<GpuOffer> Of(MassedInventory inventory, DateTimeOffset now)
    {
        foreach (var (key, product) in inventory.Products ?? new Dictionary<string, MassedProduct?>())
            if (product?.InstanceType is { PriceCentsPerHour: > 0 and var cents } type && Offer(type.Name ?? key, type, product, cents, now) is { } offer) yield return offer;
    }

    private static GpuOffer? Offer(string product, MassedType type, MassedProduct stock, decimal cents, DateTimeOffset now)
    {
        if (Product().Match(product) is not { Success: true } named) return null;
        var described = Description().Match(type.Description ?? "");
        double? memory = described.Groups["memory"] is { Success: true, Value: var gigabytes } ? double.Parse(gigabytes, CultureInfo.InvariantCulture) : null;
        var text = described.Groups["gpu"] is { Success: true, Value: var gpu } ? gpu.Trim() : named.Groups["gpu"].Value;
        var (name, size) = GpuNaming.Of(Variant().Replace(text, ""), memory);
        return new GpuOffer
        {
            Provider = MassedProvider.Usual.Name,
            Product = product,
            Gpu = name,
            GpuCount = int.Parse(named.Groups["count"].Value, CultureInfo.InvariantCulture),
            MemoryPerGpu = size,
            CpuCount = type.Specs?.VcpuCount,
            HostMemory = (long?)(type.Specs?.MemoryGib * GiB),
            Disk = (long?)(type.Specs?.StorageGb * GB),
            PricePerHour = cents / 100,
            Regions = [.. (stock.RegionsWithCapacityAvailable ?? []).Select(region => region?.Name).OfType<string>()],
            Stock = stock.CapacityAvailable switch { null => GpuStock.Unknown, <= 0 => GpuStock.None, < 3 => GpuStock.Low, < 10 => GpuStock.Medium, _ => GpuStock.High },
            Available = stock.CapacityAvailable,
            IsSpot = product.Contains("_spot", StringComparison.OrdinalIgnoreCase) || (type.Description ?? "").Contains("[spot]", StringComparison.OrdinalIgnoreCase),
            FetchedAt = now,
        };
    }

    [GeneratedRegex(@"^gpu_(?<count>[0-9]{1,2})x_(?<gpu>.+?)(_spot|_discount|_low_ram|_high_ram|_nvlink)*$", RegexOptions.IgnoreCase)]
    private static partial Regex Product();

    [GeneratedRegex(@"^\s*[0-9]+x\s+(?<gpu>[^(\[]+)(\((?<memory>[0-9]{1,4})\s*GB)?", RegexOptions.IgnoreCase)]
    private static partial Regex Description();

    [GeneratedRegex(@"\b(DGX|NVLink|spot|(low|high) RAM)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Variant();
}
