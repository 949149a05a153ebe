using System.Diagnostics;
using System.Globalization;
using LlmOps.Rigs;
using LlmOps.State;
using LlmOps.Tunnels.Detached;

namespace LlmOps.Core.Tests.Tunnels;

/// <summary>Which detached tunnels there are.</summary>
public sealed class DetachedTunnelStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public async Task One_whose_process_is_dead_and_not_yet_collected_is_none()
    {
        using var parent = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sleep 0.3 & echo $!; exec sleep 600"]) { RedirectStandardOutput = true })!;
        try
        {
            var dead = int.Parse((await parent.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
            await Eventually.TrueAsync(() => File.ReadAllText($"/proc/{dead}/stat").Contains(") Z ", StringComparison.Ordinal), "it was a zombie");
            var store = new DetachedTunnelStore(new LlmOpsHome(_folder["home"]));
            store.Write(Record("dead", dead));
            store.Write(Record("alive", parent.Id));

            Assert.Equal("alive", Assert.Single(store.List()).Name);
            Assert.Null(store.Find("dead"));
        }
        finally
        {
            parent.Kill();
        }
    }

    private static DetachedTunnelRecord Record(string name, int process) => new()
    {
        Name = name,
        ProcessId = process,
        Pipe = $"llmops-{Guid.NewGuid():N}",
        Rig = new GpuRig { Name = "far", Kind = RigKind.Ssh, CreatedAt = DateTimeOffset.UtcNow },
        RemoteHost = "localhost",
        RemotePort = 1,
        LocalPort = 1,
        BindAddress = ["127.0.0.1"],
        CreatedAt = DateTimeOffset.UtcNow,
    };
}
