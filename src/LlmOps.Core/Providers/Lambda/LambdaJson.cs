using System.Text.Json.Serialization;
using LlmOps.Providers.Http;

namespace LlmOps.Providers.Lambda;

internal sealed record LambdaTypes(IReadOnlyDictionary<string, LambdaStock?>? Data);

internal sealed record LambdaStock(LambdaType? InstanceType, IReadOnlyList<LambdaRegion>? RegionsWithCapacityAvailable);

internal sealed record LambdaType(string? Name, string? Description, string? GpuDescription, decimal? PriceCentsPerHour, LambdaSpecs? Specs);

internal sealed record LambdaSpecs(int? Vcpus, double? MemoryGib, double? StorageGib, int? Gpus);

internal sealed record LambdaRegion(string? Name);

internal sealed record LambdaInstances(IReadOnlyList<LambdaInstance>? Data);

internal sealed record LambdaOne(LambdaInstance? Data);

// The answer's token and address of Jupyter are left out, so that they can't be shown.
internal sealed record LambdaInstance
{
    public string? Id { get; init; }

    public string? Name { get; init; }

    public string? Ip { get; init; }

    public string? Status { get; init; }

    public LambdaRegion? Region { get; init; }

    public LambdaType? InstanceType { get; init; }

    public IReadOnlyList<LambdaTag>? Tags { get; init; }

    public IReadOnlyList<LambdaMount>? FileSystemMounts { get; init; }

    public LambdaActions? Actions { get; init; }
}

internal sealed record LambdaActions(LambdaAvailability? Terminate);

internal sealed record LambdaAvailability(bool? Available, string? ReasonCode);

internal sealed record LambdaTag(string? Key, string? Value);

internal sealed record LambdaMount(string? MountPoint, string? FileSystemId);

internal sealed record LambdaImage(string? Id, string? Family);

internal sealed record LambdaLaunch
{
    public required string RegionName { get; init; }

    public required string InstanceTypeName { get; init; }

    public required IReadOnlyList<string> SshKeyNames { get; init; }

    public required string Name { get; init; }

    public IReadOnlyList<string>? FileSystemNames { get; init; }

    public IReadOnlyList<LambdaMount>? FileSystemMounts { get; init; }

    public LambdaImage? Image { get; init; }

    public string? UserData { get; init; }

    public IReadOnlyList<LambdaTag>? Tags { get; init; }
}

internal sealed record LambdaLaunched(LambdaIds? Data);

internal sealed record LambdaIds(IReadOnlyList<string>? InstanceIds);

internal sealed record LambdaTerminate(IReadOnlyList<string> InstanceIds);

internal sealed record LambdaKeys(IReadOnlyList<LambdaKey>? Data);

internal sealed record LambdaKeyAnswer(LambdaKey? Data);

internal sealed record LambdaKey(string? Id, string? Name, string? PublicKey);

internal sealed record LambdaNewKey(string Name, string PublicKey);

internal sealed record LambdaFileSystems(IReadOnlyList<LambdaFileSystem>? Data);

internal sealed record LambdaFileSystemAnswer(LambdaFileSystem? Data);

internal sealed record LambdaFileSystem(string? Id, string? Name, LambdaRegion? Region);

internal sealed record LambdaNewFileSystem(string Name, string Region);

/// <summary>Reads and writes the part of Lambda's API v1 that is used.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString, Converters = [typeof(LenientText)])]
[JsonSerializable(typeof(LambdaTypes))]
[JsonSerializable(typeof(LambdaInstances))]
[JsonSerializable(typeof(LambdaOne))]
[JsonSerializable(typeof(LambdaLaunch))]
[JsonSerializable(typeof(LambdaLaunched))]
[JsonSerializable(typeof(LambdaTerminate))]
[JsonSerializable(typeof(LambdaKeys))]
[JsonSerializable(typeof(LambdaKeyAnswer))]
[JsonSerializable(typeof(LambdaNewKey))]
[JsonSerializable(typeof(LambdaFileSystems))]
[JsonSerializable(typeof(LambdaFileSystemAnswer))]
[JsonSerializable(typeof(LambdaNewFileSystem))]
internal sealed partial class LambdaJson : JsonSerializerContext;
