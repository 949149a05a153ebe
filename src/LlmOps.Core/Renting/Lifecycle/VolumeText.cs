using System.Globalization;
using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>How a volume that goes on billing is named.</summary>
internal static class VolumeText
{
    public static string Of(GpuVolume volume) => string.Create(CultureInfo.InvariantCulture,
        $"volume '{volume.Name}'{(volume.SizeGiB is { } size ? $", {size} GiB" : "")} in {volume.Region}{(volume.PricePerMonth is { } price ? $", ${price:0.00} a month" : "")}");
}
