using System.Net;
using LlmOps.Providers.Http;

namespace LlmOps.Providers.RunPod;

/// <summary>Reads a pod.</summary>
internal static class RunPodMachine
{
    private const string Dead = "The container has ended; its log says why.";

    /// <summary>The machine that a pod is.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="wasUp">Whether its container was seen running since it was started.</param>
    public static RentedMachine Of(RunPodPod pod, bool wasUp)
    {
        var state = State(pod.Status);
        // The status stays RUNNING when the container has ended; what runs in it is gone then.
        var died = state == MachineState.Running && pod.Runtime is null && wasUp;
        return new RentedMachine
        {
            Provider = RunPodProvider.Usual.Name,
            Id = pod.Id!,
            Name = pod.Name ?? "",
            State = died ? MachineState.Failed : state,
            Status = pod.Status ?? "",
            StatusDetail = died ? Dead : state == MachineState.Running && pod.Runtime is null ? "The image is being fetched." : null,
            Region = pod.DataCenterId,
            Ssh = state == MachineState.Running && !died ? Endpoint(pod) : null,
            Product = pod.Gpu?.Id,
            GpuCount = pod.Gpu?.Count,
            PricePerHour = pod.Cost, // a stopped pod names the price that it had: what it bills is the state's to say
            CreatedAt = LenientTime.Of(pod.CreatedAt),
            Volumes = [.. (pod.Mounts?.Network ?? []).Select(mount => mount?.VolumeId).OfType<string>()],
        };
    }

    private static MachineState State(string? status) => status?.ToUpperInvariant() switch
    {
        "RUNNING" => MachineState.Running,
        "EXITED" => MachineState.Stopped,
        "ERROR" => MachineState.Failed,
        "TERMINATED" => MachineState.Gone,
        _ => MachineState.Pending, // PROVISIONING, STARTING, and what nobody knows
    };

    // ssh.proxy forwards no ports, so it is never taken.
    private static SshEndpoint? Endpoint(RunPodPod pod)
    {
        if (pod.Ssh?.Direct is { Host: { Length: > 0 } host, Port: > 0 and var port } direct) return new SshEndpoint(host, port, direct.Username ?? "root");
        var open = pod.Runtime?.Ports?.FirstOrDefault(known => known is { Private: 22, Public: > 0, Ip.Length: > 0 } && "tcp".Equals(known.Type, StringComparison.OrdinalIgnoreCase) && !IsCarrierGrade(known.Ip!));
        return open is null ? null : new SshEndpoint(open.Ip!, open.Public!.Value, "root");
    }

    /// <summary>True for 100.64.0.0/10, an address inside the provider's network.</summary>
    private static bool IsCarrierGrade(string text) => IPAddress.TryParse(text, out var address) && address.GetAddressBytes() is [100, >= 64 and < 128, _, _];
}
