using System.Net;
using System.Net.Sockets;
using LlmOps.Rigs;
using LlmOps.State;
using LlmOps.TestServers;
using LlmOps.Tunnels;

namespace LlmOps.Ssh.Tests.Tunnels;

/// <summary>A tunnel over a real sshd, with the rig's profile on a workstation of its own.</summary>
internal sealed class TunnelFixture : IAsyncDisposable
{
    private TunnelFixture(SshdFixture sshd, RigStore rigs, LlmTunnel tunnel)
    {
        Sshd = sshd;
        Rigs = rigs;
        Tunnel = tunnel;
    }

    public SshdFixture Sshd { get; }

    public RigStore Rigs { get; }

    public LlmTunnel Tunnel { get; }

    public static async Task<TunnelFixture> OpenAsync(int remotePort)
    {
        var sshd = new SshdFixture();
        return await OpenAsync(sshd, Connecting.Rig(sshd, key: sshd.ClientKey, knownHosts: sshd.KnownHosts), remotePort);
    }

    public static async Task<TunnelFixture> OpenAsync(SshdFixture sshd, GpuRig rig, int remotePort, string remoteHost = "127.0.0.1")
    {
        var rigs = new RigStore(new LlmOpsHome(sshd.PathOf("llmops")));
        rigs.Add(rig);
        var options = new TunnelOptions { Name = "test", Rig = rig, RemoteHost = remoteHost, RemotePort = remotePort, ConnectTimeout = TimeSpan.FromSeconds(45) };
        var links = new LocatedLinks(Connecting.NewFactory(sshd), new StoredRigLocator(rigs));
        return new TunnelFixture(sshd, rigs, await LlmTunnel.OpenAsync(options, links, null, TimeProvider.System, CancellationToken.None).WaitAsync(Connecting.Limit));
    }

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Tunnel.LocalPort);
        return socket;
    }

    /// <summary>One byte there and back over a new connection.</summary>
    public async Task EchoAsync()
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(new byte[] { 42 });
        var back = new byte[1];
        Assert.Equal(1, await socket.ReceiveAsync(back).WaitAsync(Connecting.Limit));
        Assert.Equal(42, back[0]);
    }

    /// <summary>Everything up to the end; fails where the end is a reset.</summary>
    public static async Task<byte[]> ReceiveAllAsync(Socket socket)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await socket.ReceiveAsync(buffer).WaitAsync(Connecting.Limit)) > 0) all.Write(buffer, 0, read);
        return all.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await Tunnel.DisposeAsync();
        Sshd.Dispose();
    }
}
