using Renci.SshNet.Messages.Connection;

namespace LlmOps.Ssh.Messages;

/// <summary>What a session channel is opened with: nothing (RFC 4254 §6.1).</summary>
internal sealed class SessionOpen : ChannelOpenInfo
{
    public override string ChannelType => "session";
}
