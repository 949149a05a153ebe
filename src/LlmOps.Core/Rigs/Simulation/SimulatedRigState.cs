using System.Text.Json;
using System.Text.Json.Serialization;
using LlmOps.State;

namespace LlmOps.Rigs.Simulation;

/// <summary>What a rehearsal rig is, as its own folder says it.</summary>
public sealed record SimulatedRigState
{
    /// <summary>The rig's name, which is also its host name.</summary>
    public required string Name { get; init; }

    /// <summary>The GPU model as nvidia-smi names it.</summary>
    public required string Gpu { get; init; }

    /// <summary>How many of them.</summary>
    public required int GpuCount { get; init; }

    /// <summary>How many times faster than a real machine its clock runs.</summary>
    public required double Speed { get; init; }

    /// <summary>The faults that were planted, as <see cref="SimulatedFault"/> reads them.</summary>
    public IReadOnlyList<string> Fault { get; init; } = [];

    /// <summary>The executable that plays the rig's programs.</summary>
    public required string Simulator { get; init; }

    /// <summary>The address of this machine that its SSH server listens on.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The port of its SSH server, or null where the machine has no sshd.</summary>
    public int? SshPort { get; init; }

    /// <summary>The port of its model hub.</summary>
    public required int HubPort { get; init; }

    /// <summary>How fast the hub sends, in bytes a second; null is what makes a model take as long as the real one, divided by the speed.</summary>
    public double? HubRate { get; init; }

    /// <summary>Reads the state of a rig.</summary>
    /// <param name="folder">The rig's folder.</param>
    /// <exception cref="LlmOpsException"><c>SimulatedRigMissing</c>.</exception>
    public static SimulatedRigState Read(SimulatedRigFolder folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(folder.StateFile), SimulatedRigStateJson.Default.SimulatedRigState)!;
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or UnauthorizedAccessException)
        {
            throw SimulatorErrors.RigMissing(folder.Path);
        }
    }

    /// <summary>Writes the state of a rig.</summary>
    /// <param name="folder">The rig's folder.</param>
    public void Write(SimulatedRigFolder folder) =>
        AtomicFile.Write(folder.StateFile, JsonSerializer.SerializeToUtf8Bytes(this, SimulatedRigStateJson.Default.SimulatedRigState));
}

/// <summary>Serialises the state of a rehearsal rig without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SimulatedRigState))]
internal sealed partial class SimulatedRigStateJson : JsonSerializerContext;
