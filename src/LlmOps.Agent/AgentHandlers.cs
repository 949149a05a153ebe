using LlmOps.Protocol;

namespace LlmOps.Agent;

/// <summary>All operations of the agent, one line a family.</summary>
internal static class AgentHandlers
{
    public static void Register(AgentServer server)
    {
        Handlers.ExecHandlers.Register(server);
        Handlers.GpuHandlers.Register(server);
        Handlers.RigFactsHandlers.Register(server);
        Handlers.FitHandlers.Register(server);
        Handlers.ModelHandlers.Register(server);
        Handlers.CopyHandlers.Register(server);
        Handlers.EngineHandlers.Register(server);
        Handlers.ServerHandlers.Register(server);
        Handlers.ExposureHandlers.Register(server);
        Handlers.GuardHandlers.Register(server);
    }
}
