using LlmOps.Processes;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;

namespace LlmOps.Agent.Handlers;

/// <summary>Says who listens on the rig.</summary>
internal static class ExposureHandlers
{
    public static void Register(AgentServer server) => server.Register(ExposureOperations.Listeners, (question, _, _) =>
        Task.FromResult(new PortListeners(ListeningSockets.On(question.Port))));
}
