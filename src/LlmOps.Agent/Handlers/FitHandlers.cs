using LlmOps.Hub;
using LlmOps.Planning;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;

namespace LlmOps.Agent.Handlers;

/// <summary>Plans models on the rig's GPUs.</summary>
internal static class FitHandlers
{
    public static void Register(AgentServer server) =>
        server.Register(FitOperations.Plan, (args, _, cancel) => new RigFit(HubEnvironment.FromProcess(), TimeProvider.System).PlanAsync(args, cancel));
}
