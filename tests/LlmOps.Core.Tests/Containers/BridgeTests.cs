using System.Diagnostics;
using System.Net;
using LlmOps.Containers;
using LlmOps.Core.Tests.Tunnels;
using LlmOps.Rigs;
using LlmOps.Tunnels;

namespace LlmOps.Core.Tests.Containers;

/// <summary>Who gets into a tunnel at the address of a bridge: a host on the bridge, as a container is, and not one on another network that sends its packets for that address here.</summary>
public sealed class BridgeTests : IDisposable
{
    private const string Gateway = "10.213.7.1";

    private readonly string _id = $"lo{Environment.ProcessId % 10000:x}";
    private readonly List<string> _undo = [];

    public void Dispose() => _undo.ForEach(command => Sh(command));

    [FactWithNetworks]
    public async Task Containers_are_let_in_and_neighbours_are_not()
    {
        await using var server = new SocketServer(SocketServer.EchoAsync);
        var options = new TunnelOptions { Name = "t", Rig = new GpuRig { Name = "here", Kind = RigKind.Local, CreatedAt = DateTimeOffset.UnixEpoch }, RemotePort = server.Port };
        await using var tunnel = await LlmTunnel.OpenAsync(options, new LoopbackLinks(), null, TimeProvider.System, CancellationToken.None);
        var host = new ContainerHostAddress { Host = Gateway, Bridge = IPAddress.Parse(Gateway) };
        tunnel.OpenToContainers(host); // before the bridge is there, as Podman's is not before its first container
        tunnel.OpenToContainers(host);
        Assert.Equal([IPAddress.Loopback, IPAddress.Parse(Gateway)], tunnel.BindAddress);

        Up($"ip link add {_id}b type bridge", $"ip link del {_id}b");
        Up($"ip addr add {Gateway}/24 dev {_id}b && ip link set {_id}b up");
        Attach("c", "10.213.7.2", $"ip link set {_id}cv master {_id}b");
        Attach("n", "10.213.8.2", $"ip addr add 10.213.8.1/24 dev {_id}nv");
        Up($"ip -n {_id}n route add 10.213.7.0/24 via 10.213.8.1");

        Assert.Equal("hello", Echo($"{_id}c", tunnel.LocalPort));
        Assert.Equal("", Echo($"{_id}n", tunnel.LocalPort));
        Assert.Equal(1, server.Clients);

        await tunnel.DisposeAsync();
        Assert.Equal("", Echo($"{_id}c", tunnel.LocalPort));
    }

    private static string Echo(string space, int port) =>
        Sh($"ip netns exec {space} bash -c 'exec 3<>/dev/tcp/{Gateway}/{port} && printf hello >&3 && timeout 5 head -c 5 <&3' 2>/dev/null").Output;

    private static (int Exit, string Output) Sh(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true })!;
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        return (shell.ExitCode, output);
    }

    private void Attach(string name, string address, string here)
    {
        Up($"ip netns add {_id}{name}", $"ip netns del {_id}{name}");
        Up($"ip link add {_id}{name}v type veth peer name eth0 netns {_id}{name} && {here} && ip link set {_id}{name}v up");
        Up($"ip -n {_id}{name} addr add {address}/24 dev eth0 && ip -n {_id}{name} link set eth0 up");
    }

    private void Up(string command, string? undo = null)
    {
        Assert.Equal(0, Sh(command).Exit);
        if (undo is not null) _undo.Insert(0, undo);
    }

    /// <summary>A test that makes network namespaces, and is skipped with the reason where it may not.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class FactWithNetworksAttribute : FactAttribute
    {
        public FactWithNetworksAttribute() => Skip =
            !OperatingSystem.IsLinux() ? "Network namespaces are Linux's."
            : !Environment.IsPrivilegedProcess ? "Network namespaces are made by root."
            : Sh("command -v bash && ip netns add llmops-probe && ip netns del llmops-probe").Exit != 0 ? "Network namespaces can't be made here (iproute2, CAP_SYS_ADMIN)." : null;
    }
}
