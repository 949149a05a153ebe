using System.Text.Json.Serialization;
using LlmOps.Providers.Http;

namespace LlmOps.Providers.Shadeform;

internal sealed record ShadeformTypes(IReadOnlyList<ShadeformType>? InstanceTypes);

internal sealed record ShadeformType
{
    public string? Cloud { get; init; }

    public string? ShadeInstanceType { get; init; }

    public decimal? HourlyPrice { get; init; }

    public string? DeploymentType { get; init; }

    public ShadeformBootTime? BootTime { get; init; }

    public ShadeformConfiguration? Configuration { get; init; }

    public IReadOnlyList<ShadeformAvailability>? Availability { get; init; }
}

internal sealed record ShadeformBootTime(double? MaxBootInSec);

internal sealed record ShadeformConfiguration
{
    public int? NumGpus { get; init; }

    public string? GpuType { get; init; }

    public double? VramPerGpuInGb { get; init; }

    public int? Vcpus { get; init; }

    public double? MemoryInGb { get; init; }

    public double? StorageInGb { get; init; }

    public IReadOnlyList<string>? OsOptions { get; init; }
}

internal sealed record ShadeformAvailability(string? Region, bool? Available);

internal sealed record ShadeformInstances(IReadOnlyList<ShadeformInstance>? Instances);

internal sealed record ShadeformInstance
{
    public string? Id { get; init; }

    public string? Name { get; init; }

    public string? Cloud { get; init; }

    public string? Region { get; init; }

    public string? ShadeInstanceType { get; init; }

    public string? Status { get; init; }

    public string? StatusDetails { get; init; }

    public string? Ip { get; init; }

    public string? SshUser { get; init; }

    public int? SshPort { get; init; }

    public decimal? HourlyPrice { get; init; }

    public decimal? CostEstimate { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public string? CreatedAt { get; init; }

    public ShadeformAutoDelete? AutoDelete { get; init; }

    public IReadOnlyList<string>? VolumeIds { get; init; }

    public ShadeformConfiguration? Configuration { get; init; }
}

internal sealed record ShadeformAutoDelete(string? DateThreshold, string? SpendThreshold);

internal sealed record ShadeformCreate
{
    public required string Cloud { get; init; }

    public required string Region { get; init; }

    public required string ShadeInstanceType { get; init; }

    public bool ShadeCloud { get; init; } = true;

    public required string Name { get; init; }

    public string? Os { get; init; }

    public string? SshKeyId { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public ShadeformAutoDelete? AutoDelete { get; init; }

    public IReadOnlyList<string>? VolumeIds { get; init; }

    public ShadeformLaunch? LaunchConfiguration { get; init; }
}

internal sealed record ShadeformLaunch(string Type, ShadeformScript ScriptConfiguration);

internal sealed record ShadeformScript([property: JsonPropertyName("base64_script")] string Base64Script);

internal sealed record ShadeformUpdate(ShadeformAutoDelete AutoDelete);

internal sealed record ShadeformId(string? Id);

internal sealed record ShadeformKeys(IReadOnlyList<ShadeformKey>? SshKeys);

internal sealed record ShadeformKey(string? Id, string? Name, string? PublicKey);

internal sealed record ShadeformNewKey(string Name, string PublicKey);

internal sealed record ShadeformVolumes(IReadOnlyList<ShadeformVolume>? Volumes);

internal sealed record ShadeformVolume(string? Id, string? Name, string? Cloud, string? Region, int? SizeInGb);

internal sealed record ShadeformNewVolume(string Cloud, string Region, int SizeInGb, string Name);

/// <summary>Reads and writes the part of Shadeform's API v1 that is used.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString, Converters = [typeof(LenientText)])]
[JsonSerializable(typeof(ShadeformTypes))]
[JsonSerializable(typeof(ShadeformInstances))]
[JsonSerializable(typeof(ShadeformInstance))]
[JsonSerializable(typeof(ShadeformCreate))]
[JsonSerializable(typeof(ShadeformUpdate))]
[JsonSerializable(typeof(ShadeformId))]
[JsonSerializable(typeof(ShadeformKeys))]
[JsonSerializable(typeof(ShadeformNewKey))]
[JsonSerializable(typeof(ShadeformVolumes))]
[JsonSerializable(typeof(ShadeformNewVolume))]
internal sealed partial class ShadeformJson : JsonSerializerContext;
