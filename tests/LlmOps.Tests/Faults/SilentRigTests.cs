using System.Net;
using System.Net.Sockets;
using LlmOps.Rigs;
using LlmOps.State;

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
        new RigStore(new LlmOpsHome(_session.Home)).Add(new GpuRig
        {
            Name = "silent",
            Kind = RigKind.Ssh,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Ssh = new SshDestination { HostName = "127.0.0.1", Port = port, ConfigFile = "none" },
        });
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
