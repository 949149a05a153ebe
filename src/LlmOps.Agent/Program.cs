using System.Runtime.InteropServices;
using LlmOps.Engines;
using LlmOps.Protocol;
using LlmOps.Renting;
using LlmOps.State;

namespace LlmOps.Agent;

/// <summary>The agent's entry point: <c>serve</c> speaks the protocol, and <c>serve new</c> removes older agents besides; the other verbs are what the agent starts of itself, detached.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        // Reading a child's pipe holds a pool thread; without this, each beyond the number of cores would wait about a second for one.
        ThreadPool.SetMinThreads(256, 16);
        switch (arguments)
        {
            case ["serve"] or ["serve", "new"]:
                using (var input = Console.OpenStandardInput())
                using (var output = Console.OpenStandardOutput())
                {
                    var server = new AgentServer(input, output, TimeProvider.System, new CommandMark(new GuardFolder(RigLayout.FromEnvironment().Guard).Used).Begin);
                    AgentHandlers.Register(server);
                    if (arguments.Length > 1) _ = Task.Run(() => OldAgents.Prune(RigLayout.FromEnvironment()));
                    await server.RunAsync(CancellationToken.None).ConfigureAwait(false);
                }

                return 0;

            case ["job", var name, var folder]:
                using (var stop = new CancellationTokenSource())
                using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => { signal.Cancel = true; stop.Cancel(); }))
                    return await AgentJobs.RunAsync(name, folder, stop.Token).ConfigureAwait(false);

            case ["copy", "send" or "receive"]:
                await Handlers.CopyHandlers.ServeAsync(arguments[1]).ConfigureAwait(false);
                return 0;

            case ["supervise", var folder]:
                using (var stop = new CancellationTokenSource())
                using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => { signal.Cancel = true; stop.Cancel(); }))
                    await new ServerSupervisor(folder, TimeProvider.System).RunAsync(stop.Token).ConfigureAwait(false);
                return 0;

            case ["guard", var folder]:
                using (var stop = new CancellationTokenSource())
                using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => { signal.Cancel = true; stop.Cancel(); }))
                    await GuardControl.RunAsync(folder, stop.Token).ConfigureAwait(false);
                return 0;

            default:
                await Console.Error.WriteLineAsync("usage: llmops-agent serve").ConfigureAwait(false);
                return 64;
        }
    }
}
