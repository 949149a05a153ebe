using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using LlmOps.Chat;
using LlmOps.Rigs;
using LlmOps.State;
using LlmOps.TestServers;
using LlmOps.Tunnels;

namespace LlmOps.Tests.Tunnels;

/// <summary>A tunnel with a process of its own, over a real sshd, opened and ended by sessions that come and go.</summary>
public sealed class DetachedTunnelTests : IDisposable
{
    private const int SigStop = 19;
    private const int SigContinue = 18;

    // Longer than a peer may be silent, so that whoever counted the sleep as the rig's silence would give the connection up.
    private static readonly TimeSpan Sleep = TimeSpan.FromSeconds(16);

    private readonly Session _session = new();
    private readonly SshdFixture _sshd = new SshdFixture();

    public DetachedTunnelTests()
    {
        _session.SetEnvironment("LLMOPS_MODULE_BIN", BuiltModule.Bin);
        DetachedShell.Program = ["dotnet", Path.Join(AppContext.BaseDirectory, "llmops-host.dll")];
        new RigStore(new LlmOpsHome(_session.Home)).Add(new GpuRig
        {
            Name = "far",
            Kind = RigKind.Ssh,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Ssh = new SshDestination { HostName = "127.0.0.1", Port = _sshd.Port, UserName = _sshd.UserName, IdentityFile = [_sshd.ClientKey], KnownHostsFile = _sshd.KnownHosts, ConfigFile = "none" },
        });
    }

    public void Dispose()
    {
        _session.Invoke("Get-LlmTunnel | Remove-LlmTunnel -DrainTimeout 0");
        DetachedShell.Program = null;
        _sshd.Dispose();
        _session.Dispose();
    }

    [LinuxFact]
    public async Task It_outlives_the_sleep_of_its_process_and_is_seen_and_ended_from_anywhere()
    {
        await using var server = new ChatServer(
            ChatServer.Answer("200 OK", "application/json", """{"data":[{"id":"tiny"}]}"""), ChatServer.Stream(ChatServer.Event("Hello", "stop") + "data: [DONE]\n\n"));
        var opened = _session.Invoke($"New-LlmTunnel -Rig far -RemotePort {server.Port} -Detach -Name away").NoErrors().Single<LlmTunnel>();

        Assert.True(opened.IsDetached);
        Assert.Equal(("tiny", TunnelState.Open), (opened.Model, opened.State));
        Assert.DoesNotContain(_sshd.ClientKey, File.ReadAllText($"/proc/{opened.ProcessId}/cmdline"), StringComparison.Ordinal);
        Assert.Equal(["TunnelExists"], _session.Invoke($"New-LlmTunnel -Rig far -RemotePort {server.Port} -Name away").ErrorIds);
        Assert.Equal("Hello", _session.Invoke("Get-LlmTunnel away | Invoke-LlmChat Hi").NoErrors().Single<ChatReply>().Text);

        // The process sleeps while its connection dies, as a laptop's does.
        Signal(opened.ProcessId, SigStop);
        _sshd.KillSessions();
        Assert.Equal(TunnelState.Reconnecting, _session.Invoke("Get-LlmTunnel away").NoErrors().Single<LlmTunnel>().State);
        Signal(opened.ProcessId, SigContinue);
        await Eventually.TrueAsync(() => opened.Reconnects == 1 && opened.State == TunnelState.Open, "it has healed");
        Assert.Equal("Hello", _session.Invoke("Invoke-LlmChat Hi -Tunnel away").NoErrors().Single<ChatReply>().Text);

        _session.Invoke("Remove-LlmTunnel away").NoErrors();
        await Eventually.TrueAsync(() => !ProcessTree.IsAlive(opened.ProcessId), "its process has ended");
        Assert.Empty(_session.Invoke("Get-LlmTunnel").NoErrors().Output);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync("127.0.0.1", opened.LocalPort));
    }

    [LinuxFact]
    public async Task One_whose_process_does_not_answer_is_ended_all_the_same()
    {
        await using var server = new ChatServer(ChatServer.Answer("200 OK", "application/json", """{"data":[{"id":"tiny"}]}"""));
        var opened = _session.Invoke($"New-LlmTunnel -Rig far -RemotePort {server.Port} -Detach -Name deaf").NoErrors().Single<LlmTunnel>();
        Signal(opened.ProcessId, SigStop);

        _session.Invoke("Remove-LlmTunnel deaf -DrainTimeout 0").NoErrors();

        await Eventually.TrueAsync(() => !ProcessTree.IsAlive(opened.ProcessId), "its process has ended");
        Assert.Empty(_session.Invoke("Get-LlmTunnel").NoErrors().Output);
    }

    [LinuxFact]
    public async Task What_is_open_through_it_outlives_the_sleep_of_its_process_where_the_connection_to_the_rig_does()
    {
        await using var server = new SocketServer(SocketServer.EchoAsync);
        var tunnel = _session.Invoke($"New-LlmTunnel -Rig far -RemotePort {server.Port} -Detach -Name away").NoErrors().Single<LlmTunnel>();
        using var quiet = await ConnectAsync(tunnel);
        using var busy = await ConnectAsync(tunnel);
        await EchoAsync(quiet);
        var sent = RandomNumberGenerator.GetBytes(64 << 20);
        var sending = SendAllAsync(busy, sent);
        var got = new byte[sent.Length];
        await ReceiveExactlyAsync(busy, got.AsMemory(0, 1 << 20));

        Signal(tunnel.ProcessId, SigStop);
        var received = ReceiveExactlyAsync(busy, got.AsMemory(1 << 20));
        using var late = await ConnectAsync(tunnel); // the port is there while its process sleeps
        var served = EchoAsync(late);
        await Task.Delay(Sleep);
        Assert.False(received.IsCompleted || served.IsCompleted);
        Signal(tunnel.ProcessId, SigContinue);

        await Task.WhenAll(sending, received, served, EchoAsync(quiet)).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(sent.AsSpan().SequenceEqual(got), "what was on its way arrived byte for byte");
        Assert.Equal((TunnelState.Open, 0), (tunnel.State, tunnel.Reconnects));
    }

    [LinuxFact]
    public async Task It_ends_with_its_rig_and_leaves_nothing_when_it_can_not_open()
    {
        Assert.Equal(["TunnelToDeadServer"], _session.Invoke("New-LlmTunnel -Rig far -RemotePort 1 -Detach").ErrorIds);
        Assert.Empty(_session.Invoke("Get-LlmTunnel").NoErrors().Output);

        await using var server = new ChatServer(ChatServer.Answer("200 OK", "application/json", """{"data":[{"id":"tiny"}]}"""));
        var tunnel = _session.Invoke($"New-LlmTunnel -Rig far -RemotePort {server.Port} -Detach -Name away").NoErrors().Single<LlmTunnel>();
        _session.Invoke("Remove-GpuRig far -Confirm:$false -WarningAction Ignore").NoErrors();

        await Eventually.TrueAsync(() => tunnel.State == TunnelState.Closed, "the tunnel has ended with its rig");
        Assert.Empty(Directory.EnumerateFiles(Path.Join(_session.Home, "tunnels")));
    }

    private static async Task<Socket> ConnectAsync(LlmTunnel tunnel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", tunnel.LocalPort);
        return socket;
    }

    private static async Task EchoAsync(Socket socket)
    {
        var back = new byte[4];
        await socket.SendAsync("ping"u8.ToArray());
        await ReceiveExactlyAsync(socket, back);
        Assert.Equal("ping"u8, back);
    }

    private static async Task SendAllAsync(Socket socket, byte[] bytes)
    {
        await SocketServer.SendAllAsync(socket, bytes);
        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task ReceiveExactlyAsync(Socket socket, Memory<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var read = await socket.ReceiveAsync(buffer);
            Assert.NotEqual(0, read);
            buffer = buffer[read..];
        }
    }

    private static void Signal(int process, int signal) => Process.Start("kill", [$"-{signal}", $"{process}"]).WaitForExit();
}
