using System.Net.Sockets;
using LlmOps.Chat;
using LlmOps.Rigs;
using LlmOps.Tunnels;

namespace LlmOps.Tests.Tunnels;

public sealed class LlmTunnelCmdletTests : IDisposable
{
    private readonly Session _session = new();

    public LlmTunnelCmdletTests() =>
        _session.SetVariable("rig", new GpuRig { Name = "here", Kind = RigKind.Local, CreatedAt = DateTimeOffset.UnixEpoch });

    public void Dispose()
    {
        _session.Invoke("Get-LlmTunnel | Remove-LlmTunnel -DrainTimeout 0");
        _session.Dispose();
    }

    [Fact]
    public async Task A_tunnel_is_opened_chatted_through_listed_and_removed()
    {
        await using var server = new ChatServer(
            ChatServer.Answer("200 OK", "application/json", """{"data":[{"id":"tiny"}]}"""), ChatServer.Stream(ChatServer.Event("Hello", "stop") + "data: [DONE]\n\n"));

        var tunnel = _session.Invoke($"$rig | New-LlmTunnel -RemotePort {server.Port}").NoErrors().Single<LlmTunnel>();

        Assert.Equal(("here-" + server.Port, "tiny", TunnelState.Open), (tunnel.Name, tunnel.Model, tunnel.State));
        Assert.Equal("Hello", _session.Invoke("Get-LlmTunnel here* | Invoke-LlmChat Hi").NoErrors().Single<ChatReply>().Text);
        Assert.Equal("Hello", _session.Invoke($"Invoke-LlmChat Hi -Tunnel {tunnel.Name}").NoErrors().Single<ChatReply>().Text);
        Assert.Contains($"127.0.0.1:{tunnel.LocalPort}", _session.Show("Get-LlmTunnel"), StringComparison.Ordinal);
        Assert.Contains(_session.Complete("Get-LlmTunnel he"), match => match.CompletionText == tunnel.Name);

        _session.Invoke("Remove-LlmTunnel here* -WhatIf").NoErrors();
        Assert.Equal(TunnelState.Open, tunnel.State);
        _session.Invoke("Get-LlmTunnel | Remove-LlmTunnel").NoErrors();
        Assert.Equal(TunnelState.Closed, tunnel.State);
        Assert.Empty(_session.Invoke("Get-LlmTunnel").NoErrors().Output);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync("127.0.0.1", tunnel.LocalPort));
    }

    [Fact]
    public async Task A_tunnel_ends_with_its_rig_and_no_other_does()
    {
        await using var server = new ChatServer(ChatServer.Answer("200 OK", "application/json", "{}"));
        _session.Invoke("New-GpuRig -Local -Name gone; New-GpuRig -Local -Name stays").NoErrors();
        var tunnels = _session.Invoke($"'gone', 'stays' | New-LlmTunnel -RemotePort {server.Port}").NoErrors().All<LlmTunnel>();

        _session.Invoke("Remove-GpuRig Gone").NoErrors();

        Assert.Equal([TunnelState.Closed, TunnelState.Open], tunnels.Select(tunnel => tunnel.State));
        Assert.Same(tunnels[1], _session.Invoke("Get-LlmTunnel").NoErrors().Single<LlmTunnel>());
    }

    [Fact]
    public void A_port_where_nothing_listens_is_refused_and_nothing_is_left()
    {
        var result = _session.Invoke("New-LlmTunnel -Rig $rig -RemotePort 1");

        Assert.Equal(["TunnelToDeadServer"], result.ErrorIds);
        Assert.Empty(_session.Invoke("Get-LlmTunnel").Output);
    }

    [Fact]
    public async Task Other_machines_are_let_in_only_when_that_is_said()
    {
        await using var server = new ChatServer(ChatServer.Answer("200 OK", "application/json", "{}"));

        Assert.Equal(["RemoteBindNotAllowed"], _session.Invoke($"New-LlmTunnel -Rig $rig -RemotePort {server.Port} -BindAddress 0.0.0.0").ErrorIds);
        var result = _session.Invoke($"New-LlmTunnel -Rig $rig -RemotePort {server.Port} -BindAddress 0.0.0.0 -AllowRemote").NoErrors();
        Assert.Contains("0.0.0.0", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_input_is_named()
    {
        await using var server = new ChatServer(ChatServer.Answer("200 OK", "application/json", "{}"));

        Assert.Equal(["LocalPortInUse"], _session.Invoke($"New-LlmTunnel -Rig $rig -RemotePort {server.Port} -LocalPort {server.Port}").ErrorIds);
        Assert.Equal(["BindAddressInvalid"], _session.Invoke($"New-LlmTunnel -Rig $rig -RemotePort {server.Port} -BindAddress eth0").ErrorIds);
        Assert.Equal(["ConnectTimeoutInvalid"], _session.Invoke($"New-LlmTunnel -Rig $rig -RemotePort {server.Port} -ConnectTimeout 0").ErrorIds);
        Assert.Equal(["RigNotFound"], _session.Invoke("New-LlmTunnel qwen -Rig nobody").ErrorIds);
        Assert.Equal(["TunnelRigUnknown"], _session.Invoke("New-LlmTunnel qwen").ErrorIds);
        Assert.Equal(["TunnelNotFound"], _session.Invoke("Get-LlmTunnel nobody").ErrorIds);
        _session.Invoke($"New-LlmTunnel -Rig $rig -RemotePort {server.Port} -Name one").NoErrors();
        Assert.Equal(["TunnelExists"], _session.Invoke($"New-LlmTunnel -Rig $rig -RemotePort {server.Port} -Name one").ErrorIds);
    }
}
