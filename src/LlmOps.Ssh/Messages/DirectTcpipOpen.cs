using System.Text;
using Renci.SshNet.Messages.Connection;

namespace LlmOps.Ssh.Messages;

/// <summary>What a direct-tcpip channel is opened with (RFC 4254 §7.2).</summary>
/// <param name="host">The host to connect to, as the server knows it.</param>
/// <param name="port">The port to connect to.</param>
internal sealed class DirectTcpipOpen(string host, int port) : ChannelOpenInfo
{
    private static readonly byte[] Originator = "127.0.0.1"u8.ToArray();

    public override string ChannelType => "direct-tcpip";

    protected override void SaveData()
    {
        base.SaveData();
        WriteBinaryString(Encoding.UTF8.GetBytes(host));
        Write((uint)port);
        WriteBinaryString(Originator);
        Write(0u);
    }
}
