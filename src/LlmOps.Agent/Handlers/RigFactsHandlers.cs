using LlmOps.Hub;
using LlmOps.Preflight;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs.Facts;
using LlmOps.State;

namespace LlmOps.Agent.Handlers;

/// <summary>Reads the facts of the rig and checks it.</summary>
internal static class RigFactsHandlers
{
    private static readonly RigFactsCollector Collector = new(TimeProvider.System);

    public static void Register(AgentServer server) => server.Register(RigFactsOperations.Read, async (wish, _, cancel) =>
    {
        var clock = wish.ClockDifference(TimeProvider.System);
        var (hub, layout) = (HubEnvironment.FromProcess(), RigLayout.FromEnvironment());
        var checksRun = new RigPreflight(layout, hub, TimeProvider.System).RunAsync(wish, cancel);
        var report = await Collector.ReadAsync(hub, layout, cancel).ConfigureAwait(false);
        return report with { ClockDifference = clock, Checks = await checksRun.ConfigureAwait(false) };
    });
}
