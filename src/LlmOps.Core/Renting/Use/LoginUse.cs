using LlmOps.Processes;
using LlmOps.Rigs.Simulation;
using LlmOps.Tunnels;

namespace LlmOps.Renting;

/// <summary>
/// People who are logged in, and what they run over SSH. LlmOps' own connections and tunnels are none: one that was left open would keep the machine for ever.
/// What is asked for over them <see cref="CommandUse"/> and <see cref="EngineUse"/> see.
/// </summary>
internal sealed class LoginUse : IRigUseSensor
{
    private const string AgentName = "/llmops-agent-";
    private const string Serving = " serve"; // the agent's other verbs over SSH are copies, which are a use

    // A rehearsal rig shares its processes with this machine, whose other logins are not its own.
    private readonly string? _rehearsal = Environment.GetEnvironmentVariable(SimulatedRigFolder.Variable);

    /// <inheritdoc/>
    public Task<RigUse> ReadAsync(CancellationToken cancel)
    {
        var sessions = ProcessTable.StartedBy("sshd", "sshd-session", "dropbear").Count(IsSession);
        return Task.FromResult(sessions == 0 ? RigUse.None : new RigUse(sessions == 1 ? "an SSH session" : $"{sessions} SSH sessions"));
    }

    private bool IsSession(int pid) =>
        ProcessTable.CommandLine(pid) is { Length: > 0 } command && !IsConnection(command)
        && (_rehearsal is null || ProcessTable.Variable(pid, SimulatedRigFolder.Variable) == _rehearsal);

    private static bool IsConnection(string command) =>
        command == LiveLink.Echo || (command.Contains(AgentName, StringComparison.Ordinal) && command.Contains(Serving, StringComparison.Ordinal));
}
