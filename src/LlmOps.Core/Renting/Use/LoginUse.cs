using LlmOps.Processes;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Renting;

/// <summary>
/// People who are logged in, and what they run over SSH. LlmOps' own connection is none: a prompt that was left open would keep the machine for ever; what it
/// asks for shows as requests, as work on the GPUs, or as a job.
/// </summary>
internal sealed class LoginUse : IRigUseSensor
{
    private const string AgentName = "/llmops-agent-";

    // A rehearsal rig shares its processes with this machine, whose other logins are not its own.
    private readonly string? _rehearsal = Environment.GetEnvironmentVariable(SimulatedRigFolder.Variable);

    /// <inheritdoc/>
    public Task<RigUse> ReadAsync(CancellationToken cancel)
    {
        var sessions = ProcessTable.StartedBy("sshd", "sshd-session", "dropbear").Count(IsSession);
        return Task.FromResult(sessions == 0 ? RigUse.None : new RigUse(sessions == 1 ? "an SSH session" : $"{sessions} SSH sessions"));
    }

    private bool IsSession(int pid) =>
        ProcessTable.CommandLine(pid) is { Length: > 0 } command && !command.Contains(AgentName, StringComparison.Ordinal)
        && (_rehearsal is null || ProcessTable.Variable(pid, SimulatedRigFolder.Variable) == _rehearsal);
}
