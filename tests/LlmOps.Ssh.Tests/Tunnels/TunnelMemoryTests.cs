using LlmOps.Tunnels;

namespace LlmOps.Ssh.Tests.Tunnels;

/// <summary>What a tunnel leaves in memory and in handles. Alone: both are the whole process's.</summary>
[Collection(AloneCollection.Name)]
public sealed class TunnelMemoryTests
{
    [Fact]
    public async Task Ten_thousand_connections_in_turn_leave_nothing_behind()
    {
        await using var server = new SocketServer(SocketServer.EchoAsync);
        await using var fixture = await TunnelFixture.OpenAsync(server.Port);
        for (var number = 0; number < 1_000; number++) await fixture.EchoAsync();
        var (memory, handles) = await SettledAsync(fixture.Tunnel);

        for (var number = 0; number < 9_000; number++) await fixture.EchoAsync();

        var (memoryAfter, handlesAfter) = await SettledAsync(fixture.Tunnel);
        Assert.Equal(10_000, fixture.Tunnel.Connections);
        Assert.InRange(handlesAfter, 0, handles + 20);
        Assert.InRange(memoryAfter, 0, memory + (4 << 20));
    }

    private static async Task<(long Memory, int Handles)> SettledAsync(LlmTunnel tunnel)
    {
        await Eventually.TrueAsync(() => tunnel.ActiveConnections == 0, "all connections are over");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return (GC.GetTotalMemory(forceFullCollection: true), Directory.GetFileSystemEntries("/proc/self/fd").Length);
    }
}
