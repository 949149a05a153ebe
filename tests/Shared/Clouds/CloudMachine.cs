namespace LlmOps.Testing.Clouds;

/// <summary>A machine of a fake cloud. How far it is, it counts in looks at it, so that a test needs no clock.</summary>
internal sealed class CloudMachine
{
    public required string Id { get; init; }

    public required string Name { get; set; }

    public required string Product { get; init; }

    public int Gpus { get; init; } = 1;

    public string Region { get; init; } = "";

    public decimal PricePerHour { get; init; }

    public string? PublicKey { get; init; }

    public List<string> Volumes { get; init; } = [];

    public List<string> Tags { get; init; } = [];

    public string? ExpiresAt { get; set; }

    public string? MaxSpend { get; set; }

    public string? StartupScript { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stopped to bill, or null.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>How many more lists leave it out.</summary>
    public int Hidden { get; set; }

    /// <summary>How many more looks find it starting.</summary>
    public int Boots { get; set; }

    /// <summary>How many more looks find it ending.</summary>
    public int Ends { get; set; }

    public bool IsEnding { get; set; }

    public bool IsStopped { get; set; }

    /// <summary>Set when the container dies, or the machine fails.</summary>
    public bool IsDead { get; set; }

    /// <summary>The provider's word for its state, instead of the usual.</summary>
    public string? Word { get; set; }

    /// <summary>Its SSH server.</summary>
    public (string Host, int Port) Ssh { get; set; }

    public bool IsUp => Boots <= 0 && !IsStopped && !IsEnding && !IsDead;

    public bool IsGone => IsEnding && Ends <= 0;
}
