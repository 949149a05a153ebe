using System.Net;
using System.Net.Sockets;
using System.Security;
using System.Text.Json;
using LlmOps.Rigs;
using LlmOps.Tunnels;

namespace LlmOps.Core.Tests.Tunnels;

public sealed class LlmTunnelTests : IDisposable
{
    private readonly LoopbackLinks _links = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(2));

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task Both_directions_carry_every_byte_in_order()
    {
        const int length = 64 * 1024 * 1024;
        var sent = new byte[length];
        new Random(7).NextBytes(sent);
        await using var server = new SocketServer(SocketServer.EchoAsync);
        await using var tunnel = await OpenAsync(server.Port);
        using var client = await ConnectAsync(tunnel);

        var sending = Task.Run(async () =>
        {
            await SocketServer.SendAllAsync(client, sent);
            client.Shutdown(SocketShutdown.Send);
        });
        var received = await ReceiveAllAsync(client);
        await sending;

        Assert.True(sent.AsSpan().SequenceEqual(received));
        await Eventually.TrueAsync(() => tunnel.ActiveConnections == 0, "the connection was over");
        Assert.Equal((length, length, 1, 0), (tunnel.BytesIn, tunnel.BytesOut, tunnel.Connections, tunnel.FailedConnections));
    }

    [Fact]
    public async Task An_answer_after_the_clients_end_still_arrives()
    {
        await using var server = new SocketServer(async client =>
        {
            var request = await ReceiveAllAsync(client);
            await SocketServer.SendAllAsync(client, new byte[request.Length * 2]);
        });
        await using var tunnel = await OpenAsync(server.Port);
        using var client = await ConnectAsync(tunnel);
        await SocketServer.SendAllAsync(client, new byte[1000]);
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal(2000, (await ReceiveAllAsync(client)).Length);
    }

    [Fact]
    public async Task A_client_can_write_after_the_servers_end()
    {
        var late = new TaskCompletionSource<int>();
        await using var server = new SocketServer(async client =>
        {
            client.Shutdown(SocketShutdown.Send);
            late.SetResult((await ReceiveAllAsync(client)).Length);
        });
        await using var tunnel = await OpenAsync(server.Port);
        using var client = await ConnectAsync(tunnel);

        Assert.Empty(await ReceiveAllAsync(client));
        await SocketServer.SendAllAsync(client, new byte[321]);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(321, await late.Task.WaitAsync(_limit.Token));
    }

    [Fact]
    public async Task A_reader_that_stops_holds_up_nobody_else()
    {
        await using var server = new SocketServer(async client =>
        {
            var first = new byte[1];
            await client.ReceiveAsync(first);
            if (first[0] == 1) await SocketServer.SendAllAsync(client, new byte[256 * 1024 * 1024]);
            else await SocketServer.SendAllAsync(client, new byte[1024]);
        });
        await using var tunnel = await OpenAsync(server.Port);
        using var stopped = await ConnectAsync(tunnel);
        await stopped.SendAsync(new byte[] { 1 });
        await Eventually.TrueAsync(() => tunnel.BytesIn > 64 * 1024, "the stopped reader's bytes flow");

        for (var round = 0; round < 20; round++)
        {
            using var client = await ConnectAsync(tunnel);
            await client.SendAsync(new byte[] { 0 });
            Assert.Equal(1024, (await ReceiveAllAsync(client)).Length);
        }

        Assert.True(tunnel.BytesIn < 64 * 1024 * 1024, "what nobody reads must not be taken from the rig");
    }

    [Fact]
    public async Task A_refused_port_resets_the_client_and_leaves_the_reason()
    {
        var free = FreePort();
        await using var tunnel = await OpenAsync(free);

        var reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = await ConnectAsync(tunnel); // the reset may be there before the client knows that it is connected
            await ReceiveAllAsync(client);
        });

        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        await Eventually.TrueAsync(() => tunnel.FailedConnections == 1, "the failure was counted");
        Assert.Contains(tunnel.History, entry => entry.Message.Contains($"Refused 127.0.0.1:{free}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reset_goes_through_both_ways()
    {
        var seen = new TaskCompletionSource<SocketError>();
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

            try
            {
                await ReceiveAllAsync(client);
            }
            catch (SocketException reset)
            {
                seen.SetResult(reset.SocketErrorCode);
            }
        });
        await using var tunnel = await OpenAsync(server.Port);

        using (var byServer = await ConnectAsync(tunnel))
        {
            await byServer.SendAsync(new byte[] { 1 });
            await Assert.ThrowsAsync<SocketException>(() => ReceiveAllAsync(byServer));
        }

        var byClient = await ConnectAsync(tunnel);
        await byClient.SendAsync(new byte[] { 2 });
        await Eventually.TrueAsync(() => tunnel.BytesOut == 2, "the byte arrived");
        byClient.LingerState = new LingerOption(true, 0);
        byClient.Close();
        Assert.Equal(SocketError.ConnectionReset, await seen.Task.WaitAsync(_limit.Token));
    }

    [Fact]
    public async Task A_lost_link_resets_what_was_open_and_heals_for_what_comes()
    {
        await using var server = new SocketServer(SocketServer.EchoAsync);
        await using var tunnel = await OpenAsync(server.Port);
        var states = new System.Collections.Concurrent.ConcurrentQueue<TunnelState>();
        tunnel.Changed += (_, change) => states.Enqueue(change.State);
        tunnel.Changed += (_, _) => throw new InvalidOperationException("A listener's mistake.");
        using var cut = await ConnectAsync(tunnel);
        await cut.SendAsync(new byte[] { 5 });
        Assert.Equal(1, await cut.ReceiveAsync(new byte[1]));

        _links.Bar();
        _links.Cut();
        await Assert.ThrowsAsync<SocketException>(() => ReceiveAllAsync(cut));
        await Eventually.TrueAsync(() => tunnel.State == TunnelState.Reconnecting, "the tunnel reconnects");

        using var waiting = await ConnectAsync(tunnel);
        await waiting.SendAsync(new byte[] { 1, 2, 3 });
        waiting.Shutdown(SocketShutdown.Send);
        await Eventually.TrueAsync(() => _links.RefusedOpens >= 2, "it tried again and again");
        _links.Unbar();

        Assert.Equal(new byte[] { 1, 2, 3 }, await ReceiveAllAsync(waiting));
        await Eventually.TrueAsync(() => states.Count == 2, "both changes were told");
        Assert.Equal([TunnelState.Reconnecting, TunnelState.Open], states);
        Assert.Equal(1, tunnel.Reconnects);
        Assert.Contains(tunnel.History, entry => entry.Message == "The road is closed.");
    }

    [Fact]
    public async Task A_connection_waits_for_the_link_no_longer_than_it_may()
    {
        await using var server = new SocketServer(SocketServer.EchoAsync);
        await using var tunnel = await OpenAsync(server.Port, options => options with { ConnectTimeout = TimeSpan.FromMilliseconds(200) });
        _links.Bar();
        _links.Cut();
        using var client = await ConnectAsync(tunnel);

        await Assert.ThrowsAsync<SocketException>(() => ReceiveAllAsync(client));
        await Eventually.TrueAsync(() => tunnel.History.Any(entry => entry.Message.EndsWith("within 0.2 s.", StringComparison.Ordinal)), "the reason is in the history");
    }

    [Fact]
    public async Task Two_hundred_clients_at_once_are_all_served()
    {
        await using var server = new SocketServer(SocketServer.EchoAsync);
        await using var tunnel = await OpenAsync(server.Port);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
        {
            using var client = await ConnectAsync(tunnel);
            var payload = BitConverter.GetBytes(number);
            await SocketServer.SendAllAsync(client, payload);
            client.Shutdown(SocketShutdown.Send);
            return BitConverter.ToInt32(await ReceiveAllAsync(client));
        }));

        Assert.Equal(Enumerable.Range(0, 200), answers);
        Assert.Equal(200, tunnel.Connections);
        await Eventually.TrueAsync(() => tunnel.ActiveConnections == 0, "all are over");
    }

    [Fact]
    public async Task Closing_lets_what_is_open_finish_and_frees_the_port()
    {
        var go = new TaskCompletionSource();
        await using var server = new SocketServer(async client =>
        {
            await go.Task;
            await SocketServer.SendAllAsync(client, new byte[77]);
        });
        var tunnel = await OpenAsync(server.Port);
        using var client = await ConnectAsync(tunnel);
        await Eventually.TrueAsync(() => server.Clients == 1, "the server has the client");

        var closing = tunnel.CloseAsync(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(tunnel));
        Assert.False(closing.IsCompleted);
        client.Shutdown(SocketShutdown.Send);
        go.SetResult();

        Assert.Equal(77, (await ReceiveAllAsync(client)).Length);
        await closing;
        Assert.Equal(TunnelState.Closed, tunnel.State);
        await using var again = await OpenAsync(server.Port, options => options with { LocalPort = tunnel.LocalPort });
    }

    [Fact]
    public async Task Disposing_resets_what_is_open()
    {
        await using var server = new SocketServer(SocketServer.EchoAsync);
        var tunnel = await OpenAsync(server.Port);
        using var client = await ConnectAsync(tunnel);
        await client.SendAsync(new byte[] { 1 });
        await client.ReceiveAsync(new byte[1]);

        tunnel.Dispose();

        await Assert.ThrowsAsync<SocketException>(() => ReceiveAllAsync(client));
    }

    [Fact]
    public async Task One_port_serves_several_addresses()
    {
        await using var server = new SocketServer(SocketServer.EchoAsync);
        await using var tunnel = await OpenAsync(server.Port, options => options with { BindAddress = BindAddresses.Parse(["localhost"]) });

        foreach (var address in tunnel.BindAddress)
        {
            using var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(new IPEndPoint(address, tunnel.LocalPort), _limit.Token);
            client.Shutdown(SocketShutdown.Send);
            Assert.Empty(await ReceiveAllAsync(client));
        }
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        await using var server = new SocketServer(SocketServer.EchoAsync);

        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => OpenAsync(server.Port, options => options with { LocalPort = server.Port }));

        Assert.Equal("LocalPortInUse", failure.ErrorId);
        Assert.Contains($"{server.Port}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, _links.Opened);
    }

    [Fact]
    public async Task The_key_shows_nowhere()
    {
        var key = new SecureString();
        foreach (var letter in "canary-key") key.AppendChar(letter);
        await using var tunnel = await OpenAsync(FreePort(), options => options with { ApiKey = key });

        Assert.Same(key, tunnel.GetApiKey());
        Assert.DoesNotContain(typeof(LlmTunnel).GetProperties(), property => property.PropertyType == typeof(SecureString));
        Assert.DoesNotContain("canary", tunnel + JsonSerializer.Serialize(tunnel.History), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", false)]
    [InlineData("::1", "::1", false)]
    [InlineData("[::1]", "::1", false)]
    [InlineData("0.0.0.0", "0.0.0.0", true)]
    [InlineData("172.17.0.1", "172.17.0.1", true)]
    public void An_address_is_read_and_known_as_exposed_or_not(string text, string address, bool exposed)
    {
        var parsed = Assert.Single(BindAddresses.Parse([text]));
        Assert.Equal(IPAddress.Parse(address), parsed);
        Assert.Equal(exposed, BindAddresses.IsExposed(parsed));
    }

    [Fact]
    public void A_text_that_is_no_address_is_refused() =>
        Assert.Equal("BindAddressInvalid", Assert.Throws<LlmOpsException>(() => BindAddresses.Parse(["eth0"])).ErrorId);

    private static async Task<byte[]> ReceiveAllAsync(Socket socket)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await socket.ReceiveAsync(buffer)) > 0) all.Write(buffer, 0, read);
        return all.ToArray();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task<Socket> ConnectAsync(LlmTunnel tunnel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, tunnel.LocalPort), _limit.Token);
        return socket;
    }

    private Task<LlmTunnel> OpenAsync(int remotePort, Func<TunnelOptions, TunnelOptions>? with = null)
    {
        var options = new TunnelOptions
        {
            Name = "test",
            Rig = new GpuRig { Name = "loop", Kind = RigKind.Local, CreatedAt = DateTimeOffset.UnixEpoch },
            RemotePort = remotePort,
        };
        return LlmTunnel.OpenAsync(with?.Invoke(options) ?? options, _links, null, TimeProvider.System, _limit.Token);
    }
}
