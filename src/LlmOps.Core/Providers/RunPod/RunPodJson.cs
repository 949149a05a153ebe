using System.Text.Json.Serialization;
using LlmOps.Providers.Http;

namespace LlmOps.Providers.RunPod;

internal sealed record RunPodPods(IReadOnlyList<RunPodPod>? Pods, RunPodPagination? Pagination);

internal sealed record RunPodPagination(bool? HasNextPage, string? NextCursor);

internal sealed record RunPodPod
{
    public string? Id { get; init; }

    public string? Name { get; init; }

    public string? Status { get; init; }

    public decimal? Cost { get; init; }

    public string? DataCenterId { get; init; }

    public RunPodGpu? Gpu { get; init; }

    public RunPodMounts? Mounts { get; init; }

    public RunPodRuntime? Runtime { get; init; }

    public RunPodSsh? Ssh { get; init; }

    public string? CreatedAt { get; init; }
}

internal sealed record RunPodGpu(string? Id, int? Count);

internal sealed record RunPodMounts(IReadOnlyList<RunPodMount>? Network);

internal sealed record RunPodMount(string? VolumeId, string? Path);

internal sealed record RunPodRuntime(IReadOnlyList<RunPodPort>? Ports, long? Uptime);

internal sealed record RunPodPort(string? Ip, int? Private, int? Public, string? Type);

internal sealed record RunPodSsh(RunPodSshEndpoint? Direct);

internal sealed record RunPodSshEndpoint(string? Host, int? Port, string? Username);

internal sealed record RunPodCreate
{
    public required string Name { get; init; }

    public required string Image { get; init; }

    public required RunPodGpu Gpu { get; init; }

    public required string Cloud { get; init; }

    public required int Disk { get; init; }

    public required IReadOnlyList<string> Ports { get; init; }

    public IReadOnlyList<string>? DataCenterIds { get; init; }

    public required IReadOnlyDictionary<string, string> Env { get; init; }

    public RunPodMounts? Mounts { get; init; }
}

internal sealed record RunPodAction(string Action);

internal sealed record RunPodGpuTypes(IReadOnlyList<RunPodGpuType>? Gpus);

internal sealed record RunPodGpuType
{
    public string? Id { get; init; }

    public double? Memory { get; init; }

    public bool? Secure { get; init; }

    public bool? Community { get; init; }

    public RunPodPrice? Price { get; init; }

    public RunPodMaxCount? MaxCount { get; init; }

    public string? Availability { get; init; }

    public IReadOnlyList<RunPodDataCenter>? DataCenters { get; init; }
}

internal sealed record RunPodPrice(decimal? Secure, decimal? Community);

internal sealed record RunPodMaxCount(int? Secure, int? Community);

internal sealed record RunPodDataCenter(string? Id, string? Availability);

internal sealed record RunPodVolumes(IReadOnlyList<RunPodVolume>? NetworkVolumes, RunPodPagination? Pagination);

internal sealed record RunPodVolume(string? Id, string? Name, int? Size, string? DataCenter, string? Type);

internal sealed record RunPodCreateVolume(string Name, int Size, string DataCenter);

internal sealed record RunPodBilling(IReadOnlyList<RunPodBillingRecord>? Records, RunPodPagination? Pagination);

internal sealed record RunPodBillingRecord(string? StartTime, string? PodId, string? NetworkVolumeId, decimal? TotalAmount);

internal sealed record RunPodLogLine(string? Ts, string? Source, string? Line);

/// <summary>Reads and writes the part of RunPod's REST v2 that is used.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString, Converters = [typeof(LenientText)])]
[JsonSerializable(typeof(RunPodPods))]
[JsonSerializable(typeof(RunPodPod))]
[JsonSerializable(typeof(RunPodCreate))]
[JsonSerializable(typeof(RunPodAction))]
[JsonSerializable(typeof(RunPodGpuTypes))]
[JsonSerializable(typeof(RunPodVolumes))]
[JsonSerializable(typeof(RunPodVolume))]
[JsonSerializable(typeof(RunPodCreateVolume))]
[JsonSerializable(typeof(RunPodBilling))]
[JsonSerializable(typeof(RunPodLogLine))]
internal sealed partial class RunPodJson : JsonSerializerContext;
