using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Providers;

namespace LlmOps.Infrastructure;

/// <summary>Completes the places that offers have been seen in.</summary>
public sealed class GpuRegionCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompletion.Complete(wordToComplete, new OfferCache(Services.Home).Read()
            .SelectMany(offer => offer.Regions.Select(region => (Region: region, offer.Provider)))
            .GroupBy(place => place.Region).OrderBy(places => places.Key, StringComparer.OrdinalIgnoreCase)
            .Select(places => (places.Key, string.Join(", ", places.Select(place => place.Provider).Distinct()))));
}
