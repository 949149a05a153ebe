using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>Turns a wish and an offer into what is agreed and what is sent.</summary>
/// <param name="request">The wish.</param>
/// <param name="offer">The offer.</param>
/// <param name="provider">The account.</param>
/// <param name="name">The machine's name.</param>
/// <param name="key">The key that opens it.</param>
/// <param name="time">The clock.</param>
internal sealed class RentalOrder(RentalRequest request, GpuOffer offer, IGpuProvider provider, MachineName name, RentalKey key, TimeProvider time)
{
    // A machine takes a while to come, which is not to be taken from its life, and the guard is to end it first.
    private static readonly TimeSpan ExpiryMargin = TimeSpan.FromMinutes(5);

    /// <summary>What is agreed, and what is sent.</summary>
    public (RentalTerms Terms, RigSpec Spec) Write()
    {
        var place = request.Volume?.Region ?? (request.Region is { } wanted && !wanted.AsSpan().ContainsAny('*', '?', '[') ? wanted : offer.Regions is [var only] ? only : null);
        var terms = new RentalTerms
        {
            RigName = request.RigName,
            MachineName = name.ToString(),
            Provider = provider.Info.Name,
            Product = offer.Product,
            Gpu = offer.Gpu,
            GpuCount = offer.GpuCount,
            Region = place,
            PricePerHour = offer.PricePerHour,
            Limits = request.Limits,
            ClockSpeed = (provider as ISimulatedMachines)?.Speed ?? 1,
            Volume = request.Volume,
            IdentityFile = key.IdentityFile,
            OwnsKey = key.IsOwn,
            ForBlock = request.ForBlock,
            Unguarded = !request.Guard,
            OwnGuardKey = request.GuardKey is not null,
        };
        var expires = provider.Info.Can(ProviderCapabilities.ServerExpiry);
        return (terms, new RigSpec
        {
            Name = terms.MachineName,
            Offer = offer,
            Region = place,
            Image = request.Image,
            SshPublicKey = key.PublicKey,
            DiskGiB = request.DiskGiB,
            Volume = request.Volume,
            ExpiresAt = expires ? ProviderExpiry.At(terms, time.GetUtcNow() + ExpiryMargin, TimeSpan.Zero) : null,
            MaxSpend = provider is IServerExpiry { SupportsSpend: true } ? request.Limits.Budget : null,
            Tags = provider.Info.Can(ProviderCapabilities.Tags) ? new Dictionary<string, string> { ["llmops"] = "1", ["owner"] = name.Owner, ["rental"] = name.Rental } : [],
        });
    }
}
