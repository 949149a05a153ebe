using System.Text;
using Renci.SshNet.Messages.Connection;

namespace LlmOps.Ssh.Messages;

/// <summary>Asks for a command to be run in a session channel (RFC 4254 §6.5).</summary>
internal sealed class ExecRequest : RequestInfo
{
    private readonly byte[] _command;

    public ExecRequest(string command)
    {
        _command = Encoding.UTF8.GetBytes(command);
        WantReply = true;
    }

    public override string RequestName => "exec";

    protected override void SaveData()
    {
        base.SaveData();
        WriteBinaryString(_command);
    }
}
