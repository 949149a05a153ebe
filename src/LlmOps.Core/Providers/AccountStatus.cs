namespace LlmOps.Providers;

/// <summary>What a provider says of a key and its account.</summary>
public sealed record AccountStatus
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>True if machines can be rented with this key; false if something is known to be in the way; null if that shows only when it is tried.</summary>
    public bool? CanRent { get; init; }

    /// <summary>True if the key may only read; null where that can't be told without spending.</summary>
    public bool? IsReadOnly { get; init; }

    /// <summary>What is in the way, or what the provider does not tell; in a sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The machines that the account has now.</summary>
    public int? Machines { get; init; }
}
