using System.Collections;
using LlmOps.Rigs;

namespace LlmOps.Infrastructure;

/// <summary>Asks rigs for what the Tab key offers: a rig that does not answer within a second offers nothing.</summary>
internal static class QuickAnswers
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>The answers of the rig that was typed already, or else of all rigs, at once.</summary>
    /// <typeparam name="T">What a rig answers.</typeparam>
    /// <param name="boundParameters">The parameters on the line so far.</param>
    /// <param name="ask">Asks one rig.</param>
    public static IEnumerable<T> Ask<T>(IDictionary? boundParameters, Func<IRigConnection, CancellationToken, Task<IReadOnlyList<T>>> ask)
    {
        var rig = boundParameters?["Rig"]?.ToString();
        using var limit = new CancellationTokenSource(Limit);
        var asked = Services.Rigs.List()
            .Where(known => rig is null || known.Name.Equals(rig, StringComparison.OrdinalIgnoreCase))
            .Select(known => Task.Run(() => ask(Services.Connections.Get(known), limit.Token))).ToList();
        Task.WhenAll(asked).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(Limit);
        return asked.Where(answer => answer.IsCompletedSuccessfully).SelectMany(answer => answer.Result);
    }
}
