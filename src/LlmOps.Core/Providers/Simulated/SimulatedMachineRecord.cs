using System.Text.Json.Serialization;

namespace LlmOps.Providers.Simulated;

/// <summary>A machine of the simulated provider, as its file in the account says it.</summary>
public sealed record SimulatedMachineRecord
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The GPU that it pretends to have.</summary>
    public required string Gpu { get; init; }

    /// <summary>How many.</summary>
    public required int GpuCount { get; init; }

    /// <summary>The price of an hour, in dollars that do not exist.</summary>
    public required decimal PricePerHour { get; init; }

    /// <summary>How many times faster than this machine's its clock runs.</summary>
    public required double Speed { get; init; }

    /// <summary>The public key that may log in.</summary>
    public required string SshPublicKey { get; init; }

    /// <summary>The volume attached, or null.</summary>
    public string? Volume { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it will have booted.</summary>
    public required DateTimeOffset BootsAt { get; init; }

    /// <summary>When it last began to bill; null while it is stopped.</summary>
    public DateTimeOffset? BilledSince { get; init; }

    /// <summary>How long it was billed before that, by its own clock.</summary>
    public TimeSpan BilledBefore { get; init; }

    /// <summary>When it was ended, or null.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How long it has been billed, by its own clock.</summary>
    /// <param name="now">The moment.</param>
    public TimeSpan Billed(DateTimeOffset now) => BilledBefore + (BilledSince is { } since && now > since ? (now - since) * Speed : TimeSpan.Zero);

    /// <summary>What it has cost, in dollars that do not exist.</summary>
    /// <param name="now">The moment.</param>
    public decimal Cost(DateTimeOffset now) => PricePerHour * (decimal)Billed(now).TotalHours;
}

/// <summary>Serialises the simulated account without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SimulatedMachineRecord))]
[JsonSerializable(typeof(GpuVolume))]
internal sealed partial class SimulatedAccountJson : JsonSerializerContext;
