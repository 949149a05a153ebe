namespace LlmOps.Providers;

/// <summary>
/// An account at a service that rents machines with GPUs. Each call is one step and waits for nothing: whoever calls polls. What a provider
/// can do beyond this, it says by <see cref="GpuProviderInfo.Capabilities"/> and by the interface of that capability.
/// </summary>
/// <remarks>
/// Reads are tried again while they fail in a way that may pass. <see cref="CreateAsync"/> is sent once; only a refusal for too many requests, which
/// creates nothing, is sent again. Every failure is a <see cref="ProviderException"/>, and none holds the key.
/// </remarks>
public interface IGpuProvider : IDisposable
{
    /// <summary>What is known of the provider without asking it.</summary>
    GpuProviderInfo Info { get; }

    /// <summary>Asks whether the key is good and whether the account can rent; spends nothing.</summary>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">The key is refused, or the provider can't be asked.</exception>
    Task<AccountStatus> TestKeyAsync(CancellationToken cancel);

    /// <summary>What is for rent now.</summary>
    /// <param name="query">What to look for. A provider may bring more than was asked for, never less: <see cref="OfferQuery.Matches"/> decides.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">The provider can't be asked.</exception>
    Task<IReadOnlyList<GpuOffer>> FindOffersAsync(OfferQuery query, CancellationToken cancel);

    /// <summary>Rents a machine: one request, no wait. Write its name down before the call: after a failure only that finds it again.</summary>
    /// <param name="spec">What to rent.</param>
    /// <param name="cancel">Ends the request; the machine may exist all the same.</param>
    /// <returns>The machine as the provider first shows it, with its id.</returns>
    /// <exception cref="ProviderException">It failed; <see cref="ProviderException.MachineMayExist"/> says whether a machine may have come of it.</exception>
    Task<RentedMachine> CreateAsync(RigSpec spec, CancellationToken cancel);

    /// <summary>A machine as it is now; null if the provider says that there is none of that id.</summary>
    /// <param name="id">The provider's id of the machine.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">The provider can't be asked, or its answer leaves a doubt.</exception>
    Task<RentedMachine?> FindAsync(string id, CancellationToken cancel);

    /// <summary>All machines of the account, also those that others have rented: all pages, or a failure, never a part. A machine that was just made may be missing for <see cref="GpuProviderInfo.ListingLag"/>.</summary>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">The list can't be had whole.</exception>
    Task<IReadOnlyList<RentedMachine>> ListAsync(CancellationToken cancel);

    /// <summary>Asks for the end of a machine. Only <see cref="FindAsync"/> tells when it is gone.</summary>
    /// <param name="id">The provider's id of the machine.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">The provider can't be asked, or refuses for good.</exception>
    Task<Termination> TerminateAsync(string id, CancellationToken cancel);
}
