using LlmOps.Hub;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs.Facts;
using LlmOps.State;

namespace LlmOps.Agent.Handlers;

/// <summary>Reads the facts of the rig.</summary>
internal static class RigFactsHandlers
{
    private static readonly RigFactsCollector Collector = new(TimeProvider.System);

    public static void Register(AgentServer server) => server.Register(RigFactsOperations.Read, (_, _, cancel) =>
        Collector.ReadAsync(HubEnvironment.FromProcess(), RigLayout.FromEnvironment(), cancel));
}
