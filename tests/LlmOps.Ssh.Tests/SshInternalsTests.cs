using System.Reflection;
using LlmOps.Ssh.Session;
using LlmOps.TestServers;
using Renci.SshNet;

namespace LlmOps.Ssh.Tests;

public sealed class SshInternalsTests
{
    [Fact]
    public void The_client_has_its_session() =>
        Assert.Equal("Renci.SshNet.ISession", typeof(BaseClient).GetProperty("Session", BindingFlags.Instance | BindingFlags.NonPublic)?.PropertyType.FullName);

    [Fact]
    public void The_session_sends_messages() =>
        Assert.NotNull(typeof(Renci.SshNet.Session).GetMethod("SendMessage", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(Renci.SshNet.Messages.Message)]));

    [Fact]
    public void The_session_has_its_socket() =>
        Assert.Equal(typeof(System.Net.Sockets.Socket), typeof(Renci.SshNet.Session).GetField("_socket", BindingFlags.Instance | BindingFlags.NonPublic)?.FieldType);

    [Fact]
    public void A_global_request_can_be_made()
    {
        var request = SshInternals.NewGlobalRequest("keepalive@openssh.com"u8.ToArray(), wantReply: true);
        Assert.Equal(("keepalive@openssh.com", true), (request.RequestName, request.WantReply));
    }

    [Fact]
    public async Task All_of_them_bind_at_run_time()
    {
        using var sshd = new SshdFixture();
        using var client = new SshClient(new ConnectionInfo("127.0.0.1", sshd.Port, sshd.UserName, new PrivateKeyAuthenticationMethod(sshd.UserName, new PrivateKeyFile(sshd.ClientKey))));
        client.HostKeyReceived += (_, key) => key.CanTrust = true;
        await client.ConnectAsync(CancellationToken.None);
        var session = SshInternals.SessionOf(client);
        Assert.NotNull(SshInternals.SocketOf(session));
        SshInternals.SendMessage(session, SshInternals.NewGlobalRequest("keepalive@openssh.com"u8.ToArray(), wantReply: true));
    }
}
