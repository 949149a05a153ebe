using System.Diagnostics;
using System.Net.Sockets;
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

    private readonly Session _session = new();
    private readonly SshdFixture _sshd = SshdFixture.WithOwnHome();

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
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{opened.ProcessId}") || File.ReadAllText($"/proc/{opened.ProcessId}/stat").Contains(") Z ", StringComparison.Ordinal), "its process has ended");
        Assert.Empty(_session.Invoke("Get-LlmTunnel").NoErrors().Output);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync("127.0.0.1", opened.LocalPort));
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

    private static void Signal(int process, int signal) => Process.Start("kill", [$"-{signal}", $"{process}"]).WaitForExit();
}
