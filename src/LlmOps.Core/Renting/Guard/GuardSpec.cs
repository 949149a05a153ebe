using System.Text.Json.Serialization;

namespace LlmOps.Renting;

/// <summary>What the guard of a machine is to do. It holds no key: that lies in a file of its own, mode 0600.</summary>
public sealed record GuardSpec
{
    /// <summary>The provider that ends the machine.</summary>
    public required string Provider { get; init; }

    /// <summary>The address of its API.</summary>
    public required Uri Address { get; init; }

    /// <summary>The provider's id of the machine.</summary>
    public required string MachineId { get; init; }

    /// <summary>What it is held to.</summary>
    public required GuardLimits Held { get; init; }

    /// <summary>How long the machine had run when the guard was armed.</summary>
    public required TimeSpan RanBefore { get; init; }

    /// <summary>How many times faster than its system's the machine's clock runs: 1, but for simulated machines.</summary>
    public double ClockSpeed { get; init; } = 1;
}

/// <summary>How a guard stands.</summary>
public sealed record GuardState
{
    /// <summary>What it does.</summary>
    public required GuardPhase Phase { get; init; }

    /// <summary>How long the machine has run.</summary>
    public required TimeSpan Running { get; init; }

    /// <summary>How long nobody has used it.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>Who used it last, in a few words; null if nobody has.</summary>
    public string? LastUse { get; init; }

    /// <summary>What ends it, once something does.</summary>
    public RigEndKind? Reason { get; init; }

    /// <summary>How often its end was asked for.</summary>
    public int Attempts { get; init; }

    /// <summary>What the provider said last, or null.</summary>
    public string? Said { get; init; }

    /// <summary>When this was written, by the machine's system clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The guard's process.</summary>
    public required int ProcessId { get; init; }
}

/// <summary>What a guard does.</summary>
public enum GuardPhase
{
    /// <summary>It watches.</summary>
    Watching,

    /// <summary>A limit is reached: the engines finish what they answer.</summary>
    Draining,

    /// <summary>It asks the provider to end the machine, again and again.</summary>
    Ending,
}

/// <summary>Serialises the guard's files without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(GuardSpec))]
[JsonSerializable(typeof(GuardState))]
internal sealed partial class GuardJson : JsonSerializerContext;
