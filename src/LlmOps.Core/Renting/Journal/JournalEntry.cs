using System.Text.Json.Serialization;

namespace LlmOps.Renting;

/// <summary>One line of the journal. It holds no secret: neither a key nor a password ever gets into it.</summary>
public sealed record JournalEntry
{
    /// <summary>When it was written, by this workstation's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The rental: eight characters, which are the last of the machine's name.</summary>
    public required string Rental { get; init; }

    /// <summary>What happened.</summary>
    public required RentalEvent Event { get; init; }

    /// <summary>What was agreed: with <see cref="RentalEvent.Intended"/>, and whenever it changes.</summary>
    public RentalTerms? Terms { get; init; }

    /// <summary>The provider's id of the machine, from <see cref="RentalEvent.Created"/> on.</summary>
    public string? MachineId { get; init; }

    /// <summary>The process that asked for the machine, with <see cref="RentalEvent.Intended"/>.</summary>
    public JournalProcess? Process { get; init; }

    /// <summary>What it came to, with <see cref="RentalEvent.Gone"/>.</summary>
    public RigReceipt? Receipt { get; init; }

    /// <summary>Why, in a sentence for people.</summary>
    public string? Note { get; init; }
}

/// <summary>Serialises the journal without reflection, one object a line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class JournalJson : JsonSerializerContext;
