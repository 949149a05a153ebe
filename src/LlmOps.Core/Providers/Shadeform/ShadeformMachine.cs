using System.Globalization;
using LlmOps.Providers.Http;

namespace LlmOps.Providers.Shadeform;

/// <summary>Reads offers and machines of Shadeform, which resells other clouds and names its prices in cents.</summary>
internal static class ShadeformMachine
{
    private const long GiB = 1L << 30;

    /// <summary>The offer that a type is; null without a price, a name or a GPU.</summary>
    /// <param name="type">The type.</param>
    /// <param name="now">The time.</param>
    public static GpuOffer? Offer(ShadeformType type, DateTimeOffset now)
    {
        if (type is not { Cloud: { } cloud, ShadeInstanceType: { } shade, HourlyPrice: > 0 and var cents, Configuration: { GpuType: { Length: > 0 } gpu, NumGpus: > 0 and var count } configuration }) return null;
        var (name, memory) = GpuNaming.Of(gpu, configuration.VramPerGpuInGb);
        var regions = (type.Availability ?? []).Where(place => place is { Available: true, Region: not null }).Select(place => place.Region!).ToList();
        return new GpuOffer
        {
            Provider = ShadeformProvider.Usual.Name,
            Product = $"{cloud}/{shade}",
            Gpu = name,
            GpuCount = count,
            MemoryPerGpu = memory,
            CpuCount = configuration.Vcpus,
            HostMemory = (long?)(configuration.MemoryInGb * GiB),
            Disk = (long?)(configuration.StorageInGb * GiB),
            PricePerHour = cents / 100,
            Regions = regions,
            Stock = regions.Count == 0 ? GpuStock.None : GpuStock.Unknown,
            IsContainer = "container".Equals(type.DeploymentType, StringComparison.OrdinalIgnoreCase),
            TakesVolume = true,
            Images = [.. (configuration.OsOptions ?? []).OfType<string>()],
            BootTime = type.BootTime?.MaxBootInSec is > 0 and < 86_400 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
            FetchedAt = now,
        };
    }

    /// <summary>The machine that an instance is.</summary>
    /// <param name="instance">The instance.</param>
    public static RentedMachine Of(ShadeformInstance instance)
    {
        var state = instance.Status?.ToUpperInvariant() switch
        {
            "ACTIVE" => MachineState.Running,
            "ERROR" => MachineState.Failed,
            "DELETING" => MachineState.Terminating, // billing has ended
            "DELETED" => MachineState.Gone,
            _ => MachineState.Pending, // creating, pending_provider, pending, and what nobody knows
        };
        return new RentedMachine
        {
            Provider = ShadeformProvider.Usual.Name,
            Id = instance.Id!,
            Name = instance.Name ?? "",
            State = state,
            Status = instance.Status ?? "",
            StatusDetail = instance.StatusDetails,
            Region = instance.Region,
            Ssh = state == MachineState.Running && instance.Ip is { Length: > 0 } ip ? new SshEndpoint(ip, instance.SshPort ?? 22, instance.SshUser ?? "shadeform") : null,
            Product = instance is { Cloud: { } cloud, ShadeInstanceType: { } shade } ? $"{cloud}/{shade}" : instance.ShadeInstanceType,
            GpuCount = instance.Configuration?.NumGpus,
            PricePerHour = instance.HourlyPrice / 100,
            Cost = instance.CostEstimate,
            CreatedAt = LenientTime.Of(instance.CreatedAt),
            ExpiresAt = LenientTime.Of(instance.AutoDelete?.DateThreshold),
            MaxSpend = decimal.TryParse(instance.AutoDelete?.SpendThreshold, CultureInfo.InvariantCulture, out var spend) ? spend : null,
            Volumes = [.. (instance.VolumeIds ?? []).OfType<string>()],
            Tags = (instance.Tags ?? []).OfType<string>().Select(tag => tag.Split('=', 2)).DistinctBy(parts => parts[0]).ToDictionary(parts => parts[0], parts => parts.Length > 1 ? parts[1] : "", StringComparer.Ordinal),
        };
    }
}
