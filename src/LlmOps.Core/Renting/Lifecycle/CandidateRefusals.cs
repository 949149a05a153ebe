using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>Why candidates were refused, and which providers need not be asked again.</summary>
internal sealed class CandidateRefusals
{
    private readonly List<(GpuOffer Offer, ProviderException Why)> _all = [];

    public void Add(GpuOffer offer, ProviderException why) => _all.Add((offer, why));

    /// <summary>True if a refusal was about the account, so that no other offer of the provider would fare better.</summary>
    public bool IsClosed(string provider) => _all.Any(refused => refused.Offer.Provider == provider && refused.Why.IsOfAccount());

    /// <summary>One failure for all of them: of several, the last of those that are not about what is free, since that is what can be mended.</summary>
    public LlmOpsException ToException()
    {
        if (_all.Count == 0) return RentalErrors.NoOffer("a candidate");
        if (_all is [var only]) return only.Why;
        var telling = _all.LastOrDefault(refused => refused.Why.Failure != ProviderFailure.NoCapacity).Why ?? _all[^1].Why;
        return RentalErrors.AllRefused([.. _all.Select(refused => $"{refused.Offer}: {refused.Why.Message.TrimEnd('.')}")], telling);
    }
}
