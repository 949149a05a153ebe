using LlmOps.Gpus;
using LlmOps.Planning;

namespace LlmOps.Providers;

/// <summary>Keeps of offers those on which a model fits.</summary>
/// <param name="model">The model.</param>
/// <param name="request">The context, and how many requests at once have it.</param>
/// <param name="planner">What plans it.</param>
public sealed class OfferFit(ModelMetadata model, FitRequest request, FitPlanner planner)
{
    private const double GiB = 1L << 30;
    private const double Tolerance = 0.08; // cards of one kind are sold by figures that differ by so much

    // Catalogues of thousands of rows have some dozen kinds of machines.
    private readonly Dictionary<(string Gpu, long? Memory, int Count), LlmFit?> _planned = [];
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);

    /// <summary>The GPUs, of the offers that were looked at, of which nobody can tell what fits: the catalogue has none of that name, or not its memory.</summary>
    public IReadOnlyCollection<string> UnknownGpus => _unknown;

    /// <summary>The offer with its <see cref="GpuOffer.Fit"/>; null if the model does not fit, or nobody can tell.</summary>
    /// <param name="offer">The offer.</param>
    public GpuOffer? Of(GpuOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        var kind = (offer.Gpu, offer.MemoryPerGpu, offer.GpuCount);
        if (!_planned.TryGetValue(kind, out var fit)) _planned[kind] = fit = Plan(offer);
        return fit is { Fits: true } ? offer with { Fit = fit } : null;
    }

    private LlmFit? Plan(GpuOffer offer)
    {
        if (GpuCatalog.Find(offer.Gpu) is not { MemoryGB: { } sold, UsableGiB: { } usable } gpu)
        {
            _unknown.Add(offer.Gpu);
            return null;
        }

        // A slice of a card, or a smaller card of the same name, has what the provider says and not what the catalogue says.
        if (offer.MemoryPerGpu / GiB is { } told && told < sold * (1 - Tolerance)) gpu = gpu with { MemoryGB = told, UsableGiB = usable * told / sold, IsUsableMeasured = false };
        return planner.Plan(model, gpu, offer.GpuCount, request);
    }
}
