using System.Diagnostics;
using System.Net.Sockets;
using LlmOps.Tunnels;

namespace LlmOps.Ssh.Tests.Tunnels;

/// <summary>What a tunnel's clients see when something on the way breaks, over a real sshd.</summary>
public sealed class TunnelFaultTests
{
    [Fact]
    public async Task An_sshd_that_is_killed_cuts_what_is_open_and_serves_again_when_it_is_back()
    {
        await using var server = new SocketServer(SocketServer.EchoAsync);
        await using var fixture = await TunnelFixture.OpenAsync(server.Port);
        var tunnel = fixture.Tunnel;
        using var open = await fixture.ConnectAsync();
        await open.SendAsync(new byte[] { 1 });
        Assert.Equal(1, await open.ReceiveAsync(new byte[1]));

        fixture.Sshd.StopAll();

        await Assert.ThrowsAsync<SocketException>(() => TunnelFixture.ReceiveAllAsync(open));
        await Eventually.TrueAsync(() => tunnel.State == TunnelState.Reconnecting, "the loss was noticed");
        var waiting = fixture.EchoAsync();
        await Eventually.TrueAsync(() => tunnel.History.Any(entry => entry.Message.Contains("refused", StringComparison.OrdinalIgnoreCase)), "an attempt was refused");
        Assert.False(waiting.IsCompleted);
        fixture.Sshd.Start();

        await waiting;
        await Eventually.TrueAsync(() => tunnel.State == TunnelState.Open, "the tunnel is open again");
        Assert.Equal(1, tunnel.Reconnects);
        Assert.Contains(tunnel.History, entry => entry is { State: TunnelState.Open, Message: "Connected to rig 'test' again." });
        await Eventually.TrueAsync(() => tunnel.RoundTrip is not null, "the round trip is measured");
    }

    [Fact]
    public async Task A_rig_that_comes_back_on_another_port_is_found_by_its_profile()
    {
        await using var server = new SocketServer(SocketServer.EchoAsync);
        await using var fixture = await TunnelFixture.OpenAsync(server.Port);
        var rig = fixture.Rigs.Find("test")!;

        fixture.Sshd.StopAll();
        fixture.Sshd.MoveToAnotherPort();
        fixture.Sshd.Start();
        var waiting = fixture.EchoAsync();
        await Eventually.TrueAsync(() => fixture.Tunnel.State == TunnelState.Reconnecting, "the loss was noticed");
        fixture.Rigs.Save(rig with { Ssh = rig.Ssh! with { Port = fixture.Sshd.Port, KnownHostsFile = fixture.Sshd.KnownHosts } });

        await waiting;
        Assert.Equal(1, fixture.Tunnel.Reconnects);
    }

    [FactWithNamespaces]
    public async Task A_network_that_goes_down_without_a_word_is_noticed_in_time_and_heals()
    {
        using var network = new CutOffNetwork();
        await using var server = new SocketServer(SocketServer.EchoAsync, network.Outside);
        var sshd = new TestServers.SshdFixture();
        await network.StartSshdAsync(sshd);
        var rig = Connecting.Rig(sshd, key: sshd.ClientKey, knownHosts: network.KnownHosts(sshd));
        await using var fixture = await TunnelFixture.OpenAsync(sshd, rig with { Ssh = rig.Ssh! with { HostName = network.Inside } }, server.Port, remoteHost: network.Outside.ToString());
        await fixture.EchoAsync();
        using var open = await fixture.ConnectAsync();
        await open.SendAsync(new byte[] { 1 });
        Assert.Equal(1, await open.ReceiveAsync(new byte[1]));

        network.Cut();
        var since = Stopwatch.StartNew();
        await Assert.ThrowsAsync<SocketException>(() => TunnelFixture.ReceiveAllAsync(open));
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30)); // 15 s, and what a busy machine adds
        var waiting = fixture.EchoAsync();
        network.Mend();

        await waiting;
        Assert.Equal(TunnelState.Open, fixture.Tunnel.State);
    }

    [Fact]
    public async Task A_reader_that_never_reads_costs_one_window_and_holds_up_nobody()
    {
        await using var server = new SocketServer(async client =>
        {
            var first = new byte[1];
            await client.ReceiveAsync(first);
            await SocketServer.SendAllAsync(client, new byte[first[0] == 1 ? 256 << 20 : 4096]);
            client.Shutdown(SocketShutdown.Send);
        });
        await using var fixture = await TunnelFixture.OpenAsync(server.Port);
        using var stopped = await fixture.ConnectAsync();
        await stopped.SendAsync(new byte[] { 1 });
        await Eventually.TrueAsync(() => fixture.Tunnel.BytesIn > 64 * 1024, "its bytes flow");

        for (var round = 0; round < 50; round++)
        {
            using var other = await fixture.ConnectAsync();
            await other.SendAsync(new byte[] { 2 });
            Assert.Equal(4096, (await TunnelFixture.ReceiveAllAsync(other)).Length);
        }

        Assert.True(fixture.Tunnel.BytesIn < 48 << 20, "what nobody reads must not be taken from the rig");
        stopped.ReceiveBufferSize = 4 << 20;
        var total = 0L;
        var buffer = new byte[1 << 20];
        for (int read; (read = await stopped.ReceiveAsync(buffer).WaitAsync(Connecting.Limit)) > 0;) total += read;
        Assert.Equal(256 << 20, total);
    }

    [Fact]
    public async Task A_server_that_resets_ends_its_client_and_no_other()
    {
        await using var server = new SocketServer(async client =>
        {
            var first = new byte[1];
            await client.ReceiveAsync(first);
            if (first[0] == 1)
            {
                client.LingerState = new LingerOption(true, 0);
                client.Close();
                return;
            }

            await client.SendAsync(first);
            await TunnelFixture.ReceiveAllAsync(client);
        });
        await using var fixture = await TunnelFixture.OpenAsync(server.Port);
        using var other = await fixture.ConnectAsync();
        await other.SendAsync(new byte[] { 2 });
        Assert.Equal(1, await other.ReceiveAsync(new byte[1]));

        using var reset = await fixture.ConnectAsync();
        await reset.SendAsync(new byte[] { 1 });
        try
        {
            Assert.Empty(await TunnelFixture.ReceiveAllAsync(reset)); // sshd tells of a reset as of an end, because SSH has no word for it
        }
        catch (SocketException)
        {
        }

        reset.Close(); // until the client does so too, it is half open
        await Eventually.TrueAsync(() => fixture.Tunnel.ActiveConnections == 1, "only the other is open");
        other.Shutdown(SocketShutdown.Send);
        Assert.Empty(await TunnelFixture.ReceiveAllAsync(other));
        Assert.Equal(TunnelState.Open, fixture.Tunnel.State);
    }

    [Fact]
    public async Task A_port_that_refuses_resets_the_client_and_leaves_the_reason()
    {
        var closed = new SocketServer(SocketServer.EchoAsync);
        var port = closed.Port;
        await closed.DisposeAsync();
        await using var fixture = await TunnelFixture.OpenAsync(port);

        var reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = await fixture.ConnectAsync(); // the reset may come before the client knows that it is connected
            await TunnelFixture.ReceiveAllAsync(client);
        });

        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        await Eventually.TrueAsync(() => fixture.Tunnel.FailedConnections == 1, "the failure was counted");
        Assert.Contains(fixture.Tunnel.History, entry => entry.Message.Contains(port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        Assert.Equal((TunnelState.Open, 0), (fixture.Tunnel.State, fixture.Tunnel.Reconnects));
    }

    [Fact]
    public async Task Streams_end_whole_or_in_an_error_while_the_link_is_cut_again_and_again()
    {
        await using var server = new SocketServer(TunnelSoak.ServeAsync);
        await using var fixture = await TunnelFixture.OpenAsync(server.Port);
        var soak = new TunnelSoak(TimeSpan.FromSeconds(60));
        var running = soak.RunAsync(fixture.Tunnel.LocalPort, 64, TimeSpan.FromSeconds(10));
        for (var cut = 0; cut < 4; cut++)
        {
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(2)));
            fixture.Sshd.KillSessions();
        }

        await running;

        Assert.True(soak is { Early: 0, Wrong: 0, Hung: 0 }, soak.ToString());
        Assert.True(soak is { Complete: > 64, Failed: > 0 }, soak.ToString());
        Assert.InRange(fixture.Tunnel.Reconnects, 2, 4);
        await Eventually.TrueAsync(() => fixture.Tunnel.ActiveConnections == 0, "nothing is left open");
    }
}
