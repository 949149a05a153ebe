using System.Text.Json;
using LlmOps.Providers.Http;

namespace LlmOps.Providers.MassedCompute;

/// <summary>Reads machines, which come as a list or alone, under two names.</summary>
internal static class MassedMachines
{
    /// <summary>The machines of an answer; null if it holds neither of the two names.</summary>
    /// <param name="answer">The answer.</param>
    public static IReadOnlyList<RentedMachine>? Of(MassedInstances answer)
    {
        var element = answer.Several.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? answer.Single : answer.Several;
        IEnumerable<JsonElement>? found = element.ValueKind switch
        {
            JsonValueKind.Array => element.EnumerateArray(),
            JsonValueKind.Object => [element],
            _ => null,
        };
        return found is null ? null : [.. found.Select(item => item.Deserialize(MassedJson.Default.MassedInstance)).OfType<MassedInstance>().Where(item => item.Uuid is { Length: > 0 }).Select(Machine)];
    }

    private static RentedMachine Machine(MassedInstance instance)
    {
        var state = State(instance.Status);
        // A machine is let before its system has started.
        var booted = instance.OsBooted is null or "1" or "true";
        var isUp = state == MachineState.Running && booted;
        return new RentedMachine
        {
            Provider = MassedProvider.Usual.Name,
            Id = instance.Uuid!,
            Name = instance.Name ?? "",
            State = state == MachineState.Running && !booted ? MachineState.Pending : state,
            Status = instance.Status ?? "",
            StatusDetail = state == MachineState.Running && !booted ? "The operating system is starting." : null,
            Region = instance.Region?.Name,
            Ssh = isUp && instance.Ip is { Length: > 0 } ip ? Endpoint(ip, instance.Username) : null,
            Product = instance.Product?.Name,
            GpuCount = instance.Product?.GpuCount,
            PricePerHour = instance.Product?.PriceHr,
            CreatedAt = LenientTime.Of(instance.Created),
        };
    }

    // The user is documented as Ubuntu, and is ubuntu on newer machines.
    private static SshEndpoint Endpoint(string ip, string? user) =>
        user is not { Length: > 0 } ? new(ip, 22, "ubuntu") { OtherUsers = ["Ubuntu"] }
        : user.Equals("ubuntu", StringComparison.OrdinalIgnoreCase) ? new(ip, 22, user) { OtherUsers = [user == "ubuntu" ? "Ubuntu" : "ubuntu"] }
        : new(ip, 22, user);

    private static MachineState State(string? status) => status?.Trim().ToUpperInvariant() switch
    {
        "ACTIVE" or "RUNNING" or "RENTED" => MachineState.Running,
        "STOPPED" => MachineState.Stopped,
        "ERROR" or "FAILED" => MachineState.Failed,
        "TERMINATING" => MachineState.Terminating,
        "TERMINATED" => MachineState.Gone,
        _ => MachineState.Pending,
    };
}
