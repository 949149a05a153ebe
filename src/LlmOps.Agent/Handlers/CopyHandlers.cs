using LlmOps.Hub;
using LlmOps.Hub.Copying;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;

namespace LlmOps.Agent.Handlers;

/// <summary>Copies models to and from the rig's cache.</summary>
internal static class CopyHandlers
{
    public static void Register(AgentServer server)
    {
        server.Register(CopyOperations.List, (request, _, _) => Task.FromResult(Open(request).List(Environment.ProcessPath)));
        server.Register(CopyOperations.Plan, (wish, _, _) => Task.FromResult(Open(wish.Request).Plan(wish.Listing, Environment.ProcessPath)));
        server.Register(CopyOperations.End, (wish, _, _) => Task.FromResult(Open(wish.Request).End(wish.Listing)));
    }

    /// <summary>Serves one connection that files come or go on.</summary>
    public static async Task ServeAsync(string verb)
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        try
        {
            if (verb == "send") await CopyServer.SendAsync(input, output, HubEnvironment.FromProcess()).ConfigureAwait(false);
            else await CopyServer.ReceiveAsync(input, output, HubEnvironment.FromProcess()).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The workstation is gone; it asks again.
        }
    }

    private static CachedCopy Open(CopyRequest request) => new(request, HubEnvironment.FromProcess());
}
