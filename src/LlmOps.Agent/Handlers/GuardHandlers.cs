using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.Renting;
using LlmOps.State;

namespace LlmOps.Agent.Handlers;

/// <summary>Arms and asks the guard that ends this machine if it is rented.</summary>
internal static class GuardHandlers
{
    public static void Register(AgentServer server)
    {
        var guard = new GuardControl(RigLayout.FromEnvironment(), TimeProvider.System);
        server.Register(GuardOperations.Arm, (args, _, cancel) => guard.ArmAsync(args, cancel));
        server.Register(GuardOperations.Set, (args, _, cancel) => guard.SetAsync(args, cancel));
        server.Register(GuardOperations.Disarm, (_, _, _) => Task.FromResult(guard.Disarm()));
        server.Register(GuardOperations.Status, (_, _, _) => Task.FromResult(guard.Status()));
        _ = ReviveAsync(guard);
    }

    /// <summary>A guard that died, or whose machine was started anew, stands again as soon as anybody connects.</summary>
    private static async Task ReviveAsync(GuardControl guard)
    {
        try
        {
            await guard.EnsureRunningAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (LlmOpsException)
        {
            // guard.status says that it does not run.
        }
    }
}
