using System.Net;
using System.Net.Sockets;

namespace LlmOps.Tests.Faults;

/// <summary>A rig whose port takes the connection and never says a word: every cmdlet says whom it waits for, and Ctrl+C ends the wait.</summary>
public sealed class SilentRigTests : IDisposable
{
    private readonly Session _session = new();
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);

    public SilentRigTests()
    {
        _silent.Start();
        var port = ((IPEndPoint)_silent.LocalEndpoint).Port;
        Directory.CreateDirectory(Path.Join(_session.Home, "rigs"));
        File.WriteAllText(
            Path.Join(_session.Home, "rigs", "silent.json"),
            $$"""{"name":"silent","kind":"Ssh","ssh":{"hostName":"127.0.0.1","port":{{port}},"configFile":"none"},"createdAt":"2026-01-01T00:00:00+00:00"}""");
        _session.SetEnvironment("HF_ENDPOINT", $"http://127.0.0.1:{port}");
    }

    [Theory]
    [InlineData("Invoke-GpuRigCommand silent 'true'", "silent")]
    [InlineData("Get-GpuMemory silent", "silent")]
    [InlineData("Initialize-GpuRig silent", "silent")]
    [InlineData("Get-HfModel -Cached -Rig silent", "silent")]
    [InlineData("Test-HfModel acme/tiny -Rig silent", "silent")]
    [InlineData("Copy-HfModel acme/tiny -From silent", "silent")]
    [InlineData("New-LlmTunnel -Rig silent -RemotePort 8000", "silent")]
    [InlineData("Find-HfModel tiny", "answer")]
    [InlineData("Get-HfModelFile acme/tiny", "answer")]
    public void A_wait_is_shown_and_ends_with_a_stop(string script, string awaited)
    {
        var result = _session.StopAfter(script, run => run.Progress.Any(record => record.StatusDescription.Contains(awaited, StringComparison.Ordinal)));

        Assert.True(result.Stopped, string.Join("; ", result.Errors));
        Assert.True(result.StopTime < TimeSpan.FromSeconds(3), $"It took {result.StopTime.TotalSeconds:0.0} s.");
    }

    public void Dispose()
    {
        _silent.Dispose();
        _session.Dispose();
    }
}
