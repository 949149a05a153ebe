using System.Text.Json.Serialization;
using LlmOps.Renting;

namespace LlmOps.Protocol.Operations;

/// <summary>The operations on the guard that ends a rented machine.</summary>
public static class GuardOperations
{
    /// <summary>Arms the guard, in place of one that was armed before.</summary>
    public static readonly AgentOperation<GuardArmArgs, Nothing, GuardStatus> Arm = new("guard.arm", static () => GuardOperationsJson.Default);

    /// <summary>Changes what the machine is held to.</summary>
    public static readonly AgentOperation<GuardSetArgs, Nothing, GuardStatus> Set = new("guard.set", static () => GuardOperationsJson.Default);

    /// <summary>Takes the guard back: nothing ends the machine any more.</summary>
    public static readonly AgentOperation<Nothing, Nothing, GuardStatus> Disarm = new("guard.disarm", static () => GuardOperationsJson.Default);

    /// <summary>How the guard stands.</summary>
    public static readonly AgentOperation<Nothing, Nothing, GuardStatus> Status = new("guard.status", static () => GuardOperationsJson.Default);
}

/// <summary>What the guard is to do, and with which key.</summary>
/// <param name="Spec">What it is to do.</param>
/// <param name="Key">The provider's key; null takes the one that the machine itself has.</param>
public sealed record GuardArmArgs(GuardSpec Spec, string? Key)
{
    /// <summary>The provider; never the key.</summary>
    public override string ToString() => $"guard of {Spec.MachineId} at {Spec.Provider}";
}

/// <summary>What the machine is held to from now on.</summary>
/// <param name="Held">The limits.</param>
public sealed record GuardSetArgs(GuardLimits Held);

/// <summary>How the guard of a machine stands.</summary>
/// <param name="Spec">What it is to do; null if none was armed.</param>
/// <param name="State">How it stands; null before its first look.</param>
/// <param name="IsRunning">True while its process lives.</param>
public sealed record GuardStatus(GuardSpec? Spec, GuardState? State, bool IsRunning);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(GuardArmArgs))]
[JsonSerializable(typeof(GuardSetArgs))]
[JsonSerializable(typeof(GuardStatus))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class GuardOperationsJson : JsonSerializerContext;
