using System.Runtime.CompilerServices;

namespace LlmOps.Providers;

/// <summary>Asks several providers at once what is for rent. One that fails or does not answer in time does not hold up the others.</summary>
/// <param name="open">Gives a client of a provider. The search does not dispose of it: one that is too slow may still be at work.</param>
/// <param name="limit">How long a provider is waited for.</param>
/// <param name="time">The clock.</param>
public sealed class OfferSearch(Func<string, IGpuProvider> open, TimeSpan limit, TimeProvider time)
{
    /// <summary>How long a provider is waited for where nobody says otherwise.</summary>
    public static TimeSpan UsualLimit { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Asks, and gives each answer as it comes: one for each provider.</summary>
    /// <param name="providers">The providers' names.</param>
    /// <param name="query">What to look for.</param>
    /// <param name="cancel">Ends it.</param>
    public async IAsyncEnumerable<OfferAnswer> FindAsync(IEnumerable<string> providers, OfferQuery query, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var asked = providers.Select(provider => AskAsync(provider, query, stop.Token)).ToList();
        try
        {
            await foreach (var answer in Task.WhenEach(asked).WithCancellation(cancel).ConfigureAwait(false)) yield return await answer.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task<OfferAnswer> AskAsync(string name, OfferQuery query, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            var asking = open(name).FindOffersAsync(query, either.Token);
            return new OfferAnswer(name, await asking.WaitAsync(either.Token).ConfigureAwait(false)); // also where a request ignores its token
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new OfferAnswer(name, [], ProviderErrors.TooSlow(name, limit));
        }
        catch (LlmOpsException failure)
        {
            return new OfferAnswer(name, [], failure);
        }
    }
}
