namespace LlmOps.Providers;

/// <summary>A provider that tells what machines have cost.</summary>
public interface IBillingHistory
{
    /// <summary>What the account's machines and volumes have cost since a moment, by hour or day; the newest hours may be missing.</summary>
    /// <param name="since">The moment.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">It can't be had.</exception>
    Task<IReadOnlyList<BillingRecord>> ReadBillingAsync(DateTimeOffset since, CancellationToken cancel);
}

/// <summary>What one machine or volume has cost in a span of time.</summary>
/// <param name="MachineId">The provider's id of the machine; null for a volume.</param>
/// <param name="VolumeId">The provider's id of the volume; null for a machine.</param>
/// <param name="From">When the span began.</param>
/// <param name="Amount">US dollars.</param>
/// <param name="Billed">How long was billed, where that is told.</param>
public sealed record BillingRecord(string? MachineId, string? VolumeId, DateTimeOffset From, decimal Amount, TimeSpan? Billed);
