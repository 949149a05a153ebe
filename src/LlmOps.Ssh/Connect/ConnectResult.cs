using LlmOps.Ssh.OpenSsh;
using Renci.SshNet;

namespace LlmOps.Ssh.Connect;

/// <summary>How one attempt to connect ended.</summary>
/// <param name="Client">The connected client, or null.</param>
/// <param name="UnknownKey">The server's key, if that is all that stands in the way.</param>
/// <param name="Failure">Why it failed otherwise.</param>
/// <param name="IsBusy">True if it may work in a moment.</param>
internal sealed record ConnectResult(SshClient? Client, HostKey? UnknownKey, LlmOpsException? Failure, bool IsBusy);
