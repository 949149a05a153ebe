using System.Globalization;
using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>Adds up what rentals have cost: by the provider's billing where it tells, else by the journal.</summary>
/// <param name="time">The clock.</param>
public sealed class CostReport(TimeProvider time)
{
    /// <summary>Adds up.</summary>
    /// <param name="rentals">The rentals; those that never came to a machine are left out.</param>
    /// <param name="billing">What providers say, by the provider's id of the machine.</param>
    /// <param name="by">What to add up by.</param>
    public IReadOnlyList<RigCost> Of(IEnumerable<Rental> rentals, IReadOnlyDictionary<string, decimal> billing, CostGrouping by)
    {
        var now = time.GetUtcNow();
        return
        [
            .. rentals.Where(rental => rental.CreatedAt is not null).GroupBy(rental => KeyOf(rental, by)).Select(group =>
            {
                var items = group.Select(rental => (Rental: rental, IsRunning: rental.State is RentalState.Created or RentalState.Ready or RentalState.Terminating, Cost: CostOf(rental, billing, now))).ToList();
                var providers = items.Select(item => item.Rental.Terms.Provider).Distinct().ToList();
                var fromProvider = items.Count(item => item.Cost.FromProvider);
                return new RigCost
                {
                    Of = group.Key, Provider = providers.Count == 1 ? providers[0] : null, Machines = items.Count, Running = items.Count(item => item.IsRunning),
                    Duration = items.Aggregate(TimeSpan.Zero, (sum, item) => sum + (item.Rental.Receipt?.Duration ?? item.Rental.RunningTime(now))),
                    PerHour = items.Where(item => item.IsRunning).Sum(item => item.Rental.Terms.PricePerHour), Cost = items.Sum(item => item.Cost.Amount),
                    CostByEnd = items.Sum(item => item.IsRunning ? Math.Max(item.Cost.Amount, item.Rental.Terms.Limits.CeilingAt(item.Rental.Terms.PricePerHour)) : item.Cost.Amount),
                    Source = fromProvider == 0 ? CostSource.Journal : fromProvider == items.Count ? CostSource.Provider : CostSource.Mixed,
                };
            }),
        ];
    }

    /// <summary>What an account's billing says of its machines; empty where it tells nothing.</summary>
    /// <param name="provider">The account.</param>
    /// <param name="since">From when on.</param>
    /// <param name="cancel">Ends the request.</param>
    public static async Task<IReadOnlyDictionary<string, decimal>> ReadBillingAsync(IGpuProvider provider, DateTimeOffset since, CancellationToken cancel) =>
        provider is IBillingHistory history
            ? (await history.ReadBillingAsync(since, cancel).ConfigureAwait(false)).Where(record => record.MachineId is not null)
                .GroupBy(record => record.MachineId!).ToDictionary(group => group.Key, group => group.Sum(record => record.Amount))
            : new Dictionary<string, decimal>();

    private static string KeyOf(Rental rental, CostGrouping by) => by switch
    {
        CostGrouping.Day => rental.CreatedAt!.Value.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        CostGrouping.Provider => rental.Terms.Provider,
        _ => $"{rental.Terms.RigName} {rental.Id}",
    };

    // The newest hours may be missing in a bill, so that it counts only once the machine is gone.
    private static (decimal Amount, bool FromProvider) CostOf(Rental rental, IReadOnlyDictionary<string, decimal> billing, DateTimeOffset now) =>
        rental.Receipt is { IsCostFromProvider: true, Cost: var told } ? (told, true)
        : !rental.IsOpen && rental.MachineId is { } id && billing.TryGetValue(id, out var billed) && billed > 0 ? (billed, true)
        : (rental.Receipt?.Cost ?? rental.Cost(now), false);
}
