namespace LlmOps.Providers;

/// <summary>A rented machine as its provider shows it at a moment.</summary>
public sealed record RentedMachine
{
    /// <summary>The provider's name.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the machine.</summary>
    public required string Id { get; init; }

    /// <summary>Its name there; empty where it has none.</summary>
    public required string Name { get; init; }

    /// <summary>How far it is.</summary>
    public required MachineState State { get; init; }

    /// <summary>The provider's own word for it.</summary>
    public required string Status { get; init; }

    /// <summary>What the provider says besides, or null.</summary>
    public string? StatusDetail { get; init; }

    /// <summary>True while it is known to cost what <see cref="PricePerHour"/> says.</summary>
    public bool IsBilled => State is MachineState.Pending or MachineState.Running or MachineState.Failed;

    /// <summary>Its place, or null.</summary>
    public string? Region { get; init; }

    /// <summary>Its SSH server; null until the provider names it.</summary>
    public SshEndpoint? Ssh { get; init; }

    /// <summary>The product, as <see cref="GpuOffer.Product"/> names it, or null.</summary>
    public string? Product { get; init; }

    /// <summary>How many GPUs, or null.</summary>
    public int? GpuCount { get; init; }

    /// <summary>US dollars for an hour while it runs, or null.</summary>
    public decimal? PricePerHour { get; init; }

    /// <summary>What it has cost so far in US dollars, where the provider says.</summary>
    public decimal? Cost { get; init; }

    /// <summary>When it was made, or null.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When the provider will end it by itself, or null.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>US dollars after which the provider will end it by itself, or null.</summary>
    public decimal? MaxSpend { get; init; }

    /// <summary>The ids of the volumes attached.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>Its tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Its name and id.</summary>
    public override string ToString() => Name.Length == 0 ? Id : $"{Name} ({Id})";
}
