namespace LlmOps.Providers;

/// <summary>
/// A provider that ends a machine by itself at <see cref="RigSpec.ExpiresAt"/> or when it has cost <see cref="RigSpec.MaxSpend"/>. What it will do is
/// read back in <see cref="RentedMachine.ExpiresAt"/> and <see cref="RentedMachine.MaxSpend"/>.
/// </summary>
public interface IServerExpiry
{
    /// <summary>True if it ends machines by what they cost, too.</summary>
    bool SupportsSpend { get; }

    /// <summary>Sets when the machine ends.</summary>
    /// <param name="id">The provider's id of the machine.</param>
    /// <param name="expiresAt">When it ends.</param>
    /// <param name="maxSpend">US dollars after which it ends; null is without such an end.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">It can't be set.</exception>
    Task SetExpiryAsync(string id, DateTimeOffset expiresAt, decimal? maxSpend, CancellationToken cancel);
}
