using LlmOps.Processes;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;

namespace LlmOps.Agent.Handlers;

/// <summary>Runs the user's command lines.</summary>
internal static class ExecHandlers
{
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(1);

    public static void Register(AgentServer server) => server.Register(ExecOperations.Run, RunAsync);

    private static async Task<ExecResult> RunAsync(ExecArgs args, IAgentRequest<ExecOutput> request, CancellationToken cancel)
    {
        var shell = Environment.GetEnvironmentVariable("SHELL") is { Length: > 0 } own ? own : "/bin/sh";
        var process = RunningProcess.Start(new ProcessStart
        {
            FileName = shell,
            Arguments = ["-c", args.Command],
            WorkingDirectory = args.WorkingDirectory ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        });
        await using var pipes = process.ConfigureAwait(false);
        await process.StandardInput!.DisposeAsync().ConfigureAwait(false);
        using var ending = cancel.Register(() => _ = RunningProcess.EndGroupAsync(process.Id, EndGrace, TimeProvider.System));
        await Task.WhenAll(
            CopyAsync(process.StandardOutput!, false, request, cancel),
            CopyAsync(process.StandardError!, true, request, cancel)).ConfigureAwait(false);
        var exit = await process.Exited.ConfigureAwait(false);
        return new ExecResult(exit.Code ?? 128 + exit.Signal ?? -1);
    }

    private static async Task CopyAsync(Stream output, bool isError, IAgentRequest<ExecOutput> request, CancellationToken cancel)
    {
        var buffer = new byte[32 * 1024];
        int count;
        while ((count = await output.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0)
            await request.SendAsync(new ExecOutput(buffer[..count], isError), cancel).ConfigureAwait(false);
    }
}
