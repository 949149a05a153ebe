using LlmOps.Rigs;
using LlmOps.Ssh.OpenSsh;

namespace LlmOps.Ssh.Connect;

/// <summary>One host to connect to: the rig itself or a jump host on the way.</summary>
/// <param name="Rig">The rig's name, for errors.</param>
/// <param name="Settings">How the host is reached.</param>
/// <param name="NamedKeys">The key files that the user gave.</param>
/// <param name="KnownHostsFiles">Where its key may be known; what is accepted goes into the first.</param>
/// <param name="Route">What to go through, or null.</param>
/// <param name="Questions">Who can be asked, or null.</param>
internal sealed record ConnectRequest(
    string Rig, HostSettings Settings, IReadOnlyList<string> NamedKeys, IReadOnlyList<string> KnownHostsFiles, JumpRoute? Route, IConnectQuestions? Questions);
