using System.Net;
using System.Net.Sockets;
using LlmOps.Processes;
using LlmOps.Rigs;
using LlmOps.Tunnels.Exposure;

namespace LlmOps.Core.Tests.Tunnels;

public sealed class ListeningSocketsTests
{
    [Theory]
    [InlineData("   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0", "127.0.0.1", 8080, true)]
    [InlineData("   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 777 1 0", "0.0.0.0", 80, false)]
    [InlineData("   2: 00000000000000000000000001000000:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 9 1", "::1", 8000, true)]
    [InlineData("   3: 0000000000000000FFFF00000100007F:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 9 1", "::ffff:127.0.0.1", 8000, true)]
    public void A_line_of_the_kernels_table_is_read(string line, string address, int port, bool isLoopback)
    {
        var (found, at, _) = Assert.Single(ListeningSockets.Parse(["  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", line]));

        Assert.Equal((IPAddress.Parse(address), port), (found, at));
        Assert.Equal(isLoopback, new ListeningSocket(address, port, null, null).IsLoopback);
    }

    [Fact]
    public void Connections_and_nonsense_are_passed_over()
    {
        var random = new Random(11);
        var lines = Enumerable.Range(0, 2000).Select(_ => new string([.. Enumerable.Range(0, random.Next(120)).Select(_ => "0123456789ABCDEF: Ax"[random.Next(20)])]));
        Assert.Empty(ListeningSockets.Parse(["   0: 0100007F:1F90 0100007F:0001 01 00000000:00000000 00:00000000 00000000 0 0 9 1", "", ": : : 0A : : : : : :"]));
        Assert.All(ListeningSockets.Parse(lines), entry => Assert.InRange(entry.Port, 0, 65535));
    }

    [LinuxFact]
    public void A_listener_of_this_process_is_found_with_its_owner()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var found = Assert.Single(ListeningSockets.On(((IPEndPoint)listener.LocalEndpoint).Port));

        Assert.Equal(("127.0.0.1", Environment.ProcessId), (found.Address, found.ProcessId));
        Assert.True(found.IsLoopback);
    }

    [Theory]
    [InlineData(OutsideAnswer.Accepted, "0.0.0.0", ExposureVerdict.Exposed)]
    [InlineData(OutsideAnswer.Accepted, "127.0.0.1", ExposureVerdict.AnsweredByOthers)]
    [InlineData(OutsideAnswer.Silent, "::", ExposureVerdict.Firewalled)]
    [InlineData(OutsideAnswer.NotTried, "10.0.0.4", ExposureVerdict.Unknown)]
    [InlineData(OutsideAnswer.Refused, "127.0.0.1", ExposureVerdict.Closed)]
    [InlineData(OutsideAnswer.Refused, null, ExposureVerdict.Closed)]
    public void The_verdict_follows_from_both_sides(OutsideAnswer outside, string? listens, ExposureVerdict verdict)
    {
        var exposure = new LlmExposure
        {
            Rig = new GpuRig { Name = "x", Kind = RigKind.Local, CreatedAt = DateTimeOffset.UnixEpoch },
            Port = 8000,
            Outside = outside,
            Listeners = listens is null ? [] : [new ListeningSocket(listens, 8000, 1, "vllm")],
        };
        Assert.Equal(verdict, exposure.Verdict);
        Assert.Equal(verdict == ExposureVerdict.Exposed, exposure.IsExposed);
    }
}
