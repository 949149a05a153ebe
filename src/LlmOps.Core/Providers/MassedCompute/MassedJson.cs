using System.Text.Json;
using System.Text.Json.Serialization;
using LlmOps.Providers.Http;

namespace LlmOps.Providers.MassedCompute;

internal sealed record MassedInventory([property: JsonPropertyName("gpu_inventory")] IReadOnlyDictionary<string, MassedProduct?>? Products);

internal sealed record MassedProduct
{
    public MassedType? InstanceType { get; init; }

    public IReadOnlyList<MassedRegion>? RegionsWithCapacityAvailable { get; init; }

    public int? CapacityAvailable { get; init; }
}

internal sealed record MassedType(string? Name, string? Description, decimal? PriceCentsPerHour, MassedSpecs? Specs);

internal sealed record MassedSpecs(int? VcpuCount, double? MemoryGib, double? StorageGb);

internal sealed record MassedRegion(string? Name);

internal sealed record MassedImages(IReadOnlyList<MassedImage>? Images);

internal sealed record MassedImage(string? VmImageId, string? VmImageName);

// One or several machines come under either name.
internal sealed record MassedInstances(
    [property: JsonPropertyName("runningInstances")] JsonElement Several,
    [property: JsonPropertyName("runningInstance")] JsonElement Single);

// The answer's password is left out, so that it can't be shown.
internal sealed record MassedInstance
{
    public string? Uuid { get; init; }

    public string? Name { get; init; }

    public string? Ip { get; init; }

    public string? Username { get; init; }

    public string? Status { get; init; }

    public string? OsBooted { get; init; }

    public string? Created { get; init; }

    public MassedRegion? Region { get; init; }

    public MassedInstanceProduct? Product { get; init; }
}

internal sealed record MassedInstanceProduct(string? Name, int? GpuCount, decimal? PriceHr);

internal sealed record MassedLaunch
{
    [JsonPropertyName("imageId")]
    public required int ImageId { get; init; }

    [JsonPropertyName("productName")]
    public required string ProductName { get; init; }

    [JsonPropertyName("regionName")]
    public required string RegionName { get; init; }

    [JsonPropertyName("instanceName")]
    public required string InstanceName { get; init; }

    [JsonPropertyName("command")]
    public string? Command { get; init; }

    [JsonPropertyName("sshKeys")]
    public IReadOnlyList<string>? SshKeys { get; init; }
}

internal sealed record MassedResponse(string? Response);

internal sealed record MassedTerminate([property: JsonPropertyName("instanceUuids")] IReadOnlyList<string> InstanceUuids);

internal sealed record MassedKeys([property: JsonPropertyName("sshKeys")] IReadOnlyList<MassedKey>? SshKeys);

internal sealed record MassedKey(string? Id, string? Name, [property: JsonPropertyName("publicKey")] string? PublicKey);

internal sealed record MassedNewKey([property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("publicKey")] string PublicKey);

internal sealed record MassedKeyAnswer([property: JsonPropertyName("sshKey")] MassedKey? SshKey);

internal sealed record MassedBilling(
    [property: JsonPropertyName("rechargeThreshold")] decimal? RechargeThreshold, [property: JsonPropertyName("rechargeAmount")] decimal? RechargeAmount);

/// <summary>Reads and writes the part of Massed Compute's API v1 that is used.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString, Converters = [typeof(LenientText)])]
[JsonSerializable(typeof(MassedInventory))]
[JsonSerializable(typeof(MassedImages))]
[JsonSerializable(typeof(MassedInstances))]
[JsonSerializable(typeof(MassedInstance))]
[JsonSerializable(typeof(MassedLaunch))]
[JsonSerializable(typeof(MassedResponse))]
[JsonSerializable(typeof(MassedTerminate))]
[JsonSerializable(typeof(MassedKeys))]
[JsonSerializable(typeof(MassedNewKey))]
[JsonSerializable(typeof(MassedKeyAnswer))]
[JsonSerializable(typeof(MassedBilling))]
internal sealed partial class MassedJson : JsonSerializerContext;
