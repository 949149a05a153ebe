using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LlmOps.Rigs;
using LlmOps.Tunnels.Exposure;

namespace LlmOps.Tests.Tunnels;

public sealed class TestLlmExposureTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [LinuxFact]
    public void A_port_is_closed_or_exposed_as_it_is_and_its_process_is_named()
    {
        _session.SetVariable("rig", new GpuRig { Name = "here", Kind = RigKind.Local, CreatedAt = DateTimeOffset.UnixEpoch, Root = Path.Join(_session.Folder, "root") });
        _session.SetEnvironment("LLMOPS_MODULE_BIN", LlmOps.Testing.BuiltModule.Bin);
        using var own = new TcpListener(IPAddress.Loopback, 0);
        using var all = new TcpListener(IPAddress.Any, 0);
        own.Start();
        all.Start();
        var outside = NetworkInterface.GetAllNetworkInterfaces().SelectMany(network => network.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)) ?? IPAddress.Loopback;

        var closed = _session.Invoke($"Test-LlmExposure -Rig $rig -Port {((IPEndPoint)own.LocalEndpoint).Port} -Address {outside}").NoErrors().Single<LlmExposure>();
        var open = _session.Invoke($"Test-LlmExposure -Rig $rig -Port {((IPEndPoint)all.LocalEndpoint).Port} -Address {outside}").NoErrors().Single<LlmExposure>();

        if (!IPAddress.IsLoopback(outside)) Assert.Equal((OutsideAnswer.Refused, ExposureVerdict.Closed), (closed.Outside, closed.Verdict));
        Assert.Equal((OutsideAnswer.Accepted, ExposureVerdict.Exposed), (open.Outside, open.Verdict));
        Assert.Equal(Environment.ProcessId, Assert.Single(open.Listeners).ProcessId);
        Assert.Contains("Exposed", _session.Show("$open", ("open", open)), StringComparison.Ordinal);
        Assert.Equal(OutsideAnswer.NotTried, _session.Invoke($"Test-LlmExposure -Rig $rig -Port {((IPEndPoint)own.LocalEndpoint).Port}").NoErrors().Single<LlmExposure>().Outside);
    }
}
