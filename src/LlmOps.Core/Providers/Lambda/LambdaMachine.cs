using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmOps.Providers.Lambda;

/// <summary>Reads offers and machines of Lambda, whose prices are in cents for the whole machine.</summary>
internal static partial class LambdaMachine
{
    private const long GiB = 1L << 30;

    /// <summary>The offer that a type is; null without a price or a GPU.</summary>
    /// <param name="stock">The type and where it is free.</param>
    /// <param name="now">The time.</param>
    public static GpuOffer? Offer(LambdaStock? stock, DateTimeOffset now)
    {
        if (stock?.InstanceType is not { Name: { } product, PriceCentsPerHour: > 0 and var cents, Specs: { Gpus: > 0 and var count } specs } type) return null;
        var described = Description().Match(type.GpuDescription ?? "");
        double? each = described.Success ? double.Parse(described.Groups["memory"].Value, CultureInfo.InvariantCulture) : null;
        var gpu = described.Success ? $"{described.Groups["gpu"].Value.Trim()} {described.Groups["form"].Value}".Trim() : type.GpuDescription ?? product;
        var (name, memory) = GpuNaming.Of(gpu, each);
        var regions = (stock.RegionsWithCapacityAvailable ?? []).Select(region => region?.Name).OfType<string>().ToList();
        return new GpuOffer
        {
            Provider = LambdaProvider.Usual.Name,
            Product = product,
            Gpu = name,
            GpuCount = count,
            MemoryPerGpu = memory,
            CpuCount = specs.Vcpus,
            HostMemory = (long?)(specs.MemoryGib * GiB),
            Disk = (long?)(specs.StorageGib * GiB),
            PricePerHour = cents / 100,
            Regions = regions,
            Stock = regions.Count == 0 ? GpuStock.None : GpuStock.Unknown,
            TakesVolume = true,
            FetchedAt = now,
        };
    }

    /// <summary>The machine that an instance is.</summary>
    /// <param name="instance">The instance.</param>
    public static RentedMachine Of(LambdaInstance instance)
    {
        var state = instance.Status?.ToUpperInvariant() switch
        {
            "ACTIVE" => MachineState.Running,
            "UNHEALTHY" => MachineState.Failed,
            "TERMINATING" => MachineState.Terminating,
            "TERMINATED" or "PREEMPTED" => MachineState.Gone,
            _ => MachineState.Pending, // booting, and what nobody knows
        };
        return new RentedMachine
        {
            Provider = LambdaProvider.Usual.Name,
            Id = instance.Id!,
            Name = instance.Name ?? "",
            State = state,
            Status = instance.Status ?? "",
            Region = instance.Region?.Name,
            Ssh = state == MachineState.Running && instance.Ip is { Length: > 0 } ip ? new SshEndpoint(ip, 22, "ubuntu") : null,
            Product = instance.InstanceType?.Name,
            GpuCount = instance.InstanceType?.Specs?.Gpus,
            PricePerHour = instance.InstanceType?.PriceCentsPerHour / 100,
            Volumes = [.. (instance.FileSystemMounts ?? []).Select(mount => mount?.FileSystemId).OfType<string>()],
            Tags = (instance.Tags ?? []).Where(tag => tag?.Key is not null).DistinctBy(tag => tag.Key).ToDictionary(tag => tag.Key!, tag => tag.Value ?? "", StringComparer.Ordinal),
        };
    }

    [GeneratedRegex(@"^(?<gpu>[^(]+)\((?<memory>[0-9]{1,4})\s*GB\s*(?<form>[^)]*)\)")]
    private static partial Regex Description();
}
