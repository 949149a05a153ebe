using System.Net;
using System.Net.Sockets;
using LlmOps.Rigs;
using LlmOps.TestServers;

namespace LlmOps.Ssh.Tests;

public sealed class ReachingTests(SshdFixture sshd) : IClassFixture<SshdFixture>
{
    [Fact]
    public async Task An_alias_of_the_configuration_is_reached()
    {
        var config = Write("alias", $"Host rig\n  HostName 127.0.0.1\n  Port {sshd.Port}\n  User {sshd.UserName}\n  IdentityFile {sshd.ClientKey}\n  UserKnownHostsFile {sshd.KnownHosts}\n");
        await using var link = await OpenAsync(config, "rig");
        Assert.Equal("in", await Connecting.RunAsync(link, "echo in"));
    }

    [Fact]
    public async Task Hosts_are_reached_through_jump_hosts_each_under_its_own_key()
    {
        using var first = new SshdFixture();
        using var second = new SshdFixture();
        var known = Write("jump_known", string.Concat(new[] { sshd, first, second }.Select((server, number) => $"host{number} {string.Join(' ', server.KnownHostsLine.Split(' ').Skip(1))}\n")));
        var config = Write("jump", string.Concat(new[] { sshd, first, second }.Select((server, number) => $"""
            Host host{number}
              HostName 127.0.0.1
              HostKeyAlias host{number}
              Port {server.Port}
              IdentityFile {server.ClientKey}

            """)) + $"Host host0\n  ProxyJump host1,host2\nHost *\n  User {sshd.UserName}\n  UserKnownHostsFile {known}\n");
        await using var server = new EchoServer();
        await using var link = await OpenAsync(config, "host0");
        Assert.Equal("through", await Connecting.RunAsync(link, "echo through"));
        await using var stream = await link.ConnectAsync("127.0.0.1", server.Port, CancellationToken.None);
        await stream.WriteAsync(new byte[300_000]);
        Assert.Equal(new byte[300_000], await Connecting.ReadExactlyAsync(stream, 300_000));

        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = link.Lost.Register(lost.SetResult);
        first.KillSessions();
        await lost.Task.WaitAsync(Connecting.Limit);
    }

    [Fact]
    public async Task A_host_behind_a_jump_host_is_reached_the_first_time_too()
    {
        using var gate = new SshdFixture();
        var known = Write("first_known", $"gate {string.Join(' ', gate.KnownHostsLine.Split(' ').Skip(1))}\n");
        var config = Write("first_jump", $"""
            Host rig
              HostKeyAlias rig
              Port {sshd.Port}
              IdentityFile {sshd.ClientKey}
              StrictHostKeyChecking accept-new
              ProxyJump gate
            Host gate
              HostKeyAlias gate
              Port {gate.Port}
              IdentityFile {gate.ClientKey}
            Host *
              HostName 127.0.0.1
              User {sshd.UserName}
              UserKnownHostsFile {known}

            """);
        await using var link = await OpenAsync(config, "rig");
        Assert.Equal("through", await Connecting.RunAsync(link, "echo through"));
        Assert.Contains("rig ssh-", await File.ReadAllTextAsync(new LlmOps.State.LlmOpsHome(sshd.PathOf("llmops")).KnownHosts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_jump_host_that_fails_is_named()
    {
        var config = Write("bad_jump", $"Host rig\n  HostName 127.0.0.1\n  ProxyJump gate\nHost gate\n  HostName 127.0.0.1\n  Port {FreePort()}\n");
        var failed = await Assert.ThrowsAsync<LlmOpsException>(() => OpenAsync(config, "rig"));
        Assert.Equal(("ProxyJumpFailed", "gate"), (failed.ErrorId, failed.Target));
        Assert.Equal("ConnectionRefused", ((LlmOpsException)failed.InnerException!).ErrorId);
    }

    [Fact]
    public async Task Jump_hosts_that_lead_in_a_circle_are_refused()
    {
        var config = Write("circle", $"Host *\n  HostName 127.0.0.1\n  Port {sshd.Port}\nHost a\n  ProxyJump b\nHost b\n  ProxyJump a\n");
        Assert.Equal("ProxyJumpFailed", (await Assert.ThrowsAsync<LlmOpsException>(() => OpenAsync(config, "a"))).ErrorId);
    }

    [Fact]
    public async Task A_name_without_address_is_told() => Assert.Equal("HostNotResolved", await FailAsync("no-such-host.invalid", 22));

    [Fact]
    public async Task A_closed_port_is_told() => Assert.Equal("ConnectionRefused", await FailAsync("127.0.0.1", FreePort()));

    [Fact]
    public async Task RunPods_proxy_is_refused_before_it_is_asked() => Assert.Equal("RunPodProxyUnsupported", await FailAsync("SSH.runpod.io", 22));

    [Fact]
    public async Task What_is_no_ssh_server_is_told()
    {
        await using var server = new EchoServer(static (stream, _) => stream.WriteAsync("220 mail.example.com ESMTP\r\n\0"u8.ToArray()).AsTask());
        Assert.Equal("SshHandshakeFailed", await FailAsync("127.0.0.1", server.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SSH-2.0-silent\r\n")]
    public async Task A_server_that_says_no_more_is_given_up_and_can_be_cancelled(string greeting)
    {
        await using var server = new EchoServer(async (stream, _) =>
        {
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(greeting));
            await stream.CopyToAsync(Stream.Null); // a wait that nothing holds would be collected, and the socket closed with it
        });
        var config = Write($"silent{greeting.Length}", "ConnectTimeout 1\n");
        Assert.Equal("ConnectTimeout", await FailAsync("127.0.0.1", server.Port, config));
        using var cancel = new CancellationTokenSource(100);
        var opening = Connecting.NewFactory(sshd).OpenAsync(Rig("127.0.0.1", server.Port, "none"), null, cancel.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Thirty_connections_at_once_all_get_in_though_the_server_turns_some_away()
    {
        using var shy = SshdFixture.With("MaxStartups 2:80:5");
        var factory = Connecting.NewFactory(shy);
        var rig = Connecting.Rig(shy, key: shy.ClientKey, knownHosts: shy.KnownHosts);
        var links = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => factory.OpenAsync(rig, null, CancellationToken.None))).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Contains("MaxStartups", await File.ReadAllTextAsync(shy.PathOf("sshd.log")));
        foreach (var link in links) await link.DisposeAsync();
    }

    [Fact]
    public async Task The_fast_algorithms_are_agreed_on()
    {
        await (await Connecting.OpenAsync(sshd)).DisposeAsync();
        using var verbose = SshdFixture.With("LogLevel DEBUG2");
        await (await Connecting.OpenAsync(verbose)).DisposeAsync();
        var log = await File.ReadAllTextAsync(verbose.PathOf("sshd.log"));
        Assert.Contains("kex: algorithm: curve25519-sha256", log);
        Assert.Contains("cipher: aes128-gcm@openssh.com", log);
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(sshd.PathOf(name), text);
        return sshd.PathOf(name);
    }

    private Task<IRigLink> OpenAsync(string config, string alias) =>
        Connecting.NewFactory(sshd).OpenAsync(Connecting.Rig(sshd, config, host: alias), null, CancellationToken.None).WaitAsync(Connecting.Limit);

    private GpuRig Rig(string host, int port, string config)
    {
        var rig = Connecting.Rig(sshd, config);
        return rig with { Ssh = rig.Ssh! with { HostName = host, Port = port } };
    }

    private async Task<string> FailAsync(string host, int port, string config = "none") =>
        (await Assert.ThrowsAsync<LlmOpsException>(() => Connecting.NewFactory(sshd).OpenAsync(Rig(host, port, config), null, CancellationToken.None).WaitAsync(Connecting.Limit))).ErrorId;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
